//! The processes, and what stands around them.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{
    balancer::Balancer,
    node::{Node, Role},
    plan::Plan,
    settings,
};
use crate::{mail::BrevoDouble, postgres, razorpay::RazorpayDouble, redis::RedisServer, s3::Endpoint};

const SERVERS: usize = 3;

/// What the parts of a run share.
pub(super) struct Fleet {
    pub(super) nodes: Vec<Arc<Mutex<Node>>>,
    pub(super) database: String,
    pub(super) bucket: Endpoint,
    pub(super) redis: std::sync::Mutex<RedisServer>,
    pub(super) brevo: BrevoDouble,
    pub(super) razorpay: RazorpayDouble,
    pub(super) balancer: Balancer,
    pub(super) folder: tempfile::TempDir,
}

impl Fleet {
    pub(super) async fn start(plan: &Plan) -> anyhow::Result<Self> {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir()?;
        let database = postgres::empty_database().await;
        let redis = RedisServer::start();
        let brevo = BrevoDouble::start().await?;
        let razorpay = RazorpayDouble::listen("127.0.0.1:0").await?;
        let balancer = Balancer::start(SERVERS).await?;
        let outside = settings::Outside {
            database: &database,
            redis: &redis.url(),
            brevo: &brevo.url,
            razorpay: &razorpay.url,
            public: &balancer.address(),
            bucket: &plan.bucket,
        };
        let settings = Arc::new(settings::of(&outside));
        let mut nodes = Vec::new();
        for number in 0..SERVERS + plan.workers {
            let role = if number >= SERVERS {
                Role::Work
            } else if plan.workers > 0 {
                Role::ServeOnly
            } else {
                Role::Serve
            };
            let older = plan.older_server.clone().filter(|_| number == 1);
            let node = Node::new(folder.path(), number, role, Arc::clone(&settings), older)?;
            nodes.push(Arc::new(Mutex::new(node)));
        }
        let fleet = Self {
            nodes,
            database,
            bucket: plan.bucket.clone(),
            redis: std::sync::Mutex::new(redis),
            brevo,
            razorpay,
            balancer,
            folder,
        };
        // At the same time: all find an empty database.
        let starts = fleet.nodes.iter().enumerate().map(|(at, _)| fleet.start_node(at));
        futures::future::try_join_all(starts).await?;
        settings::put_on_sale(&fleet.database).await?;
        let hook = format!("{}/webhooks/razorpay", fleet.balancer.address());
        fleet.razorpay.tell("webhook", serde_json::json!({ "url": hook }));
        Ok(fleet)
    }

    /// Starts a process where it was, and tells the balancer.
    pub(super) async fn start_node(&self, at: usize) -> anyhow::Result<()> {
        let mut node = self.nodes[at].lock().await;
        node.start().await?;
        if let Some(address) = node.address() {
            self.balancer.is_at(at, address);
        }
        Ok(())
    }
}
