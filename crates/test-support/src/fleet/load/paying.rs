//! People who buy a plan, and pay or fail to.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{shared::Load, signing_in::sign_in};
use crate::fleet::servers::Fleet;

pub(super) async fn buy(load: Arc<Load>, fleet: Arc<Fleet>, number: usize) {
    let mut times = 0;
    while load.goes_on() {
        times += 1;
        let address = format!("buyer-{number}-{times}@x.test");
        // Every fourth card is refused.
        let outcome = if times % 4 == 0 { "failed" } else { "captured" };
        match pay(&load, &fleet, &address, outcome).await {
            Ok(true) if outcome == "captured" => load.heard(|heard| heard.paid += 1),
            Ok(_) => load.count("orders not paid"),
            Err(why) => load.broken(format!("paying: {why:#}")),
        }
    }
}

/// Whether an order came so far that it was paid, or not.
async fn pay(load: &Load, fleet: &Fleet, address: &str, outcome: &str) -> anyhow::Result<bool> {
    let Some(mut browser) = sign_in(load, fleet, address).await? else {
        return Ok(false);
    };
    let ordered = browser
        .ask(Method::POST, "/api/v1/orders", Some(&json!({ "plan": "plus" })))
        .await?;
    ensure!(ordered.status() == StatusCode::CREATED, "{}", ordered.status());
    let mut order: Value = ordered.json().await?;
    let id = order["order_id"].as_str().context("an order's id")?.to_owned();
    let gives_up_at = load.gives_up_at();
    let link = loop {
        if let Some(url) = order["pay_url"].as_str() {
            break url.rsplit('/').next().context("a link's id")?.to_owned();
        }
        ensure!(
            Instant::now() < gives_up_at,
            "I10: an order got no link to pay by: {order}"
        );
        sleep(Duration::from_millis(100)).await;
        let looked = browser.ask(Method::GET, &format!("/api/v1/orders/{id}"), None).await?;
        order = serde_json::from_slice(&looked.bytes().await?)?;
    };
    fleet.razorpay.tell("pay", json!({ "id": link, "outcome": outcome }));
    Ok(true)
}
