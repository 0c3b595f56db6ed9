//! `/_ctl/…`: what tests tell the double. Bodies and answers are JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    account::{Account, WEBHOOK_SECRET},
    pages, render,
};

/// Does what a path says, or says why not.
///
/// - `settings` some of [`super::Settings`] · `faults` one [`super::Fault`] · `plans` one [`super::Plan`]
/// - `webhook` `{url, secret, off}` · `hold` · `release` `{order: [places]}` · `replay` `{event_id}`
/// - `pay` `{id, outcome: captured|authorized|failed|late, method}` → `{payment_id, callback}`
/// - `settle` `{payment_id, outcome}` · `refunds/settle` `{refund_id, outcome}`
/// - `disputes` `{payment_id}` → `{dispute_id}` · `disputes/settle` `{dispute_id, outcome}`
/// - `links/paid` `{id, amount_paid}`: what the link says is paid, whatever was
/// - `clock` `{ahead}`: seconds to go forward · `state` · `reset`
pub(super) fn run(account: &mut Account, path: &str, body: &Value) -> Result<Value, String> {
    account.expire_links();
    let text = |name: &str| body[name].as_str().ok_or(format!("{name} is missing"));
    match path {
        "state" => return Ok(state(account)),
        "reset" => {
            let (url, id) = (account.url.clone(), account.id.clone());
            *account = Account::new(url, WEBHOOK_SECRET);
            account.id = id;
        }
        "settings" => set(account, body)?,
        "faults" if body.is_null() => account.faults.clear(),
        "faults" => account
            .faults
            .add(serde_json::from_value(body.clone()).map_err(|error| error.to_string())?),
        "plans" => account
            .webhooks
            .plans
            .push_back(serde_json::from_value(body.clone()).map_err(|error| error.to_string())?),
        "webhook" => {
            if let Some(url) = body["url"].as_str() {
                account.webhooks.url = Some(url.to_owned());
            }
            if let Some(secret) = body["secret"].as_str() {
                account.webhooks.change_secret(secret);
            }
            if let Some(off) = body["off"].as_bool() {
                account.webhooks.is_off = off;
            }
        }
        "hold" => account.webhooks.holds = true,
        "release" => {
            let places = body["order"].as_array().into_iter().flatten();
            let places: Vec<usize> = places
                .filter_map(|place| usize::try_from(place.as_u64()?).ok())
                .collect();
            account.webhooks.release(&places);
        }
        "replay" => {
            let now = account.now();
            if !account.webhooks.replay(text("event_id")?, now) {
                return Err("there is no such event".to_owned());
            }
        }
        "pay" => {
            return pay(
                account,
                text("id")?,
                text("outcome")?,
                body["method"].as_str().unwrap_or("upi"),
            );
        }
        "settle" => account.settle(text("payment_id")?, text("outcome")?)?,
        "refunds/settle" => account.settle_refund(text("refund_id")?, text("outcome")?)?,
        "disputes" => return Ok(json!({"dispute_id": account.dispute(text("payment_id")?)?})),
        "disputes/settle" => account.settle_dispute(text("dispute_id")?, text("outcome")?)?,
        "links/paid" => {
            let id = text("id")?;
            let link = account
                .links
                .iter_mut()
                .find(|link| link.id == id)
                .ok_or("there is no such link")?;
            link.amount_paid = body["amount_paid"].as_i64().ok_or("amount_paid is missing")?;
        }
        "clock" => {
            account.ahead += body["ahead"].as_i64().ok_or("ahead is missing")?;
            account.expire_links();
        }
        _ => return Err(format!("there is no /_ctl/{path}")),
    }
    Ok(json!({}))
}

fn set(account: &mut Account, body: &Value) -> Result<(), String> {
    let mut settings = serde_json::to_value(&account.settings).map_err(|error| error.to_string())?;
    for (name, value) in body.as_object().ok_or("settings are an object")? {
        settings[name] = value.clone();
    }
    account.settings = serde_json::from_value(settings).map_err(|error| error.to_string())?;
    Ok(())
}

fn pay(account: &mut Account, id: &str, outcome: &str, method: &str) -> Result<Value, String> {
    let payment = account.begin(id, method)?;
    if outcome != "late" {
        account.settle(&payment, outcome)?;
    }
    let link = account.links.iter().find(|link| link.id == id);
    let callback = link
        .filter(|_| outcome == "captured")
        .and_then(|link| pages::callback(account, link, &payment));
    Ok(json!({"payment_id": payment, "callback": callback}))
}

fn state(account: &Account) -> Value {
    let settings = &account.settings;
    let calls: BTreeMap<_, _> = account.calls.iter().collect();
    json!({
        "account_id": account.id, "now": account.now(), "settings": settings, "calls": calls,
        "webhook": {"url": account.webhooks.url, "off": account.webhooks.is_off, "holds": account.webhooks.holds},
        "links": account.links.iter().map(|link| render::link(account, link)).collect::<Vec<_>>(),
        "orders": account.orders.iter().map(|order| render::order(settings, order)).collect::<Vec<_>>(),
        "payments": account.payments.iter().map(|payment| render::payment(settings, payment)).collect::<Vec<_>>(),
        "refunds": account.refunds.iter().map(|refund| render::refund(settings, refund)).collect::<Vec<_>>(),
        "disputes": account.disputes.iter().map(render::dispute).collect::<Vec<_>>(),
        "deliveries": account.webhooks.deliveries,
    })
}
