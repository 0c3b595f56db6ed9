//! The double as tests hold it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use tokio::{net::TcpListener, sync::Notify};

use super::{
    account::{Account, KEY_SECRET, TEST_KEY, WEBHOOK_SECRET},
    api::{self, Request},
    control,
    deliver::deliver,
    faults::Fault,
    serve::{Shared, router},
};
use crate::held;

/// How often time is looked at, where nothing else happens.
const TICK: Duration = Duration::from_secs(1);

/// Razorpay, until it is dropped.
pub struct RazorpayDouble {
    /// Where it is: `http://127.0.0.1:port`.
    pub url: String,
    shared: Shared,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl RazorpayDouble {
    /// Listens on a free port, and sends events when it is asked to.
    ///
    /// # Errors
    /// Those of the network.
    pub async fn start() -> anyhow::Result<Self> {
        let double = Self::listen("127.0.0.1:0").await?;
        held(&double.shared.account).settings.sends_events = false;
        Ok(double)
    }

    /// Listens at an address, and sends events by itself.
    ///
    /// # Errors
    /// Those of the network.
    pub async fn listen(address: &str) -> anyhow::Result<Self> {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind(address).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let shared = Shared {
            account: Arc::new(Mutex::new(Account::new(url.clone(), WEBHOOK_SECRET))),
            client,
            changed: Arc::new(Notify::new()),
        };
        let serving = axum::serve(listener, router(shared.clone()));
        let serving = tokio::spawn(async move { serving.await.unwrap_or_default() });
        let sending = tokio::spawn(send_events(shared.clone()));
        Ok(Self {
            url,
            shared,
            tasks: vec![serving, sending],
        })
    }

    /// Does what `/_ctl/` does.
    ///
    /// # Panics
    /// When it cannot be done: the test is wrong.
    #[track_caller]
    pub fn tell(&self, path: &str, body: Value) -> Value {
        let said = control::run(&mut held(&self.shared.account), path, &body);
        self.shared.changed.notify_one();
        said.unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// Asks the API with the key of test mode, as a client does: `ask("POST", "orders", …)`.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let key = Base64::encode_string(format!("{TEST_KEY}:{KEY_SECRET}").as_bytes());
        let body = body.to_string();
        let request = Request {
            method,
            path,
            query: "",
            authorization: Some(&format!("Basic {key}")),
            idempotency: None,
            body: body.as_bytes(),
        };
        api::answer(&mut held(&self.shared.account), &request).body
    }

    /// One request, or several, to an endpoint go wrong.
    pub fn fail(&self, fault: Fault) {
        held(&self.shared.account).faults.add(fault);
    }

    /// Sends the events that are due. Answers how many.
    pub async fn deliver(&self) -> usize {
        deliver(&self.shared.account, &self.shared.client).await
    }

    /// How often an endpoint was asked.
    #[must_use]
    pub fn calls(&self, endpoint: &str) -> u64 {
        held(&self.shared.account).calls.get(endpoint).copied().unwrap_or(0)
    }
}

impl Drop for RazorpayDouble {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn send_events(shared: Shared) {
    loop {
        let _ = tokio::time::timeout(TICK, shared.changed.notified()).await;
        if held(&shared.account).settings.sends_events {
            deliver(&shared.account, &shared.client).await;
        }
    }
}
