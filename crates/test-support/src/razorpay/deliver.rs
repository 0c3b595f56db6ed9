//! Sends events. An answer counts within five seconds, and only if it is 2xx.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{StreamExt as _, stream};

use super::{account::Account, webhooks::Delivery};
use crate::held;

const LONGEST: Duration = Duration::from_secs(5);

/// Sends what is due, until nothing is. Answers how many were sent.
pub(super) async fn deliver(account: &Arc<Mutex<Account>>, client: &reqwest::Client) -> usize {
    let mut count = 0;
    loop {
        let (due, url, at_once) = {
            let mut account = held(account);
            account.expire_links();
            let now = account.now();
            let due = account.webhooks.take_due(now);
            (
                due,
                account.webhooks.url.clone(),
                account.settings.deliveries_at_once.max(1),
            )
        };
        let Some(url) = url.filter(|_| !due.is_empty()) else {
            return count;
        };
        count += due.len();
        let sending = stream::iter(due).map(|delivery| send(account, client, &url, delivery));
        sending.buffer_unordered(at_once).collect::<Vec<()>>().await;
    }
}

async fn send(account: &Arc<Mutex<Account>>, client: &reqwest::Client, url: &str, delivery: Delivery) {
    let request = client
        .post(url)
        .timeout(LONGEST)
        .header("content-type", "application/json")
        .header("user-agent", "Razorpay-Webhook/v1")
        .header("x-razorpay-signature", &delivery.signature)
        .header("x-razorpay-event-id", &delivery.event_id)
        .body(delivery.body.clone());
    let status = request.send().await.map_or(0, |response| response.status().as_u16());
    let mut account = held(account);
    let now = account.now();
    account.webhooks.sent(&delivery, status, now);
}
