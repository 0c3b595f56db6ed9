//! Several servers behind one address, with one Postgres, one bucket and one Redis, under mixed load, while processes are killed and
//! restarted. Afterwards what must hold (docs/design/faults.md) is counted from the database, the bucket, the logs and the doubles.

mod balancer;
mod disturb;
mod load;
mod newer;
mod node;
mod report;
mod secrets;
mod settings;
mod verdict;
mod watch;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::sync::Mutex;

use crate::{mail::BrevoDouble, postgres, razorpay::RazorpayDouble, redis::RedisServer, s3::Endpoint};
use balancer::Balancer;
use load::Load;
use node::{Node, Role};

pub use report::Report;

/// What is done to a fleet, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How long there is load.
    pub lasts: Duration,
    /// Between two kills.
    pub kill_every: Duration,
    /// Between two restarts in order.
    pub restart_every: Duration,
    /// Processes that only work; with any, servers do not.
    pub workers: usize,
    /// The bucket of all servers.
    pub bucket: Endpoint,
    /// Another server for one of the processes, such as that of the version before.
    pub older_server: Option<PathBuf>,
}

const SERVERS: usize = 3;

/// What the parts of a run share.
struct Fleet {
    nodes: Vec<Arc<Mutex<Node>>>,
    database: String,
    bucket: Endpoint,
    redis: std::sync::Mutex<RedisServer>,
    brevo: BrevoDouble,
    razorpay: RazorpayDouble,
    balancer: Balancer,
    folder: tempfile::TempDir,
}

impl Fleet {
    async fn start(plan: &Plan) -> anyhow::Result<Self> {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir()?;
        let database = postgres::fresh_database().await;
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
    async fn start_node(&self, at: usize) -> anyhow::Result<()> {
        let mut node = self.nodes[at].lock().await;
        node.start().await?;
        if let Some(address) = node.address() {
            self.balancer.is_at(at, address);
        }
        Ok(())
    }
}

/// Runs a plan.
///
/// # Errors
/// When the fleet cannot be brought up; what does not hold is in the report.
pub async fn run(plan: &Plan) -> anyhow::Result<Report> {
    let fleet = Arc::new(Fleet::start(plan).await.context("the fleet comes up")?);
    let until = Instant::now() + plan.lasts;
    let load = Arc::new(Load::new(&fleet, until));
    let watch = watch::start(&fleet.database);
    let loading = load::start(&load, &fleet);
    let newer = tokio::spawn({
        let (fleet, wait) = (Arc::clone(&fleet), plan.lasts / 3);
        async move {
            tokio::time::sleep(wait).await;
            newer::extend(&fleet.database).await
        }
    });
    let disturbed = disturb::until(&fleet, plan, until).await?;
    newer.await?.context("a newer version extends the schema")?;
    let faults_ended = Instant::now();
    loading.join_all().await;
    let load_ended = faults_ended.elapsed();
    let mut report = Report::new(&load, disturbed, load_ended);
    report.drained = fleet.balancer.drained();
    report.broken.extend(watch.end().await?);
    verdict::judge(&fleet, &load, &mut report).await?;
    Ok(report)
}
