//! `mails held`: addresses that get no mail for a while, because mail to them came back. The database is enough.

use std::process::ExitCode;

use sealdrop_service::{DatabaseConfig, HeldAddress, Outbox};
use serde_json::{Value, json};

use crate::{
    commands::output::{fail, say, text},
    config::Config,
};

pub(super) async fn list(config: &Config, json: bool) -> ExitCode {
    let outbox = match Outbox::open(&DatabaseConfig::new(config.database.url.expose())).await {
        Ok(outbox) => outbox,
        Err(error) => return fail(&error),
    };
    let held = match outbox.held().await {
        Ok(held) => held,
        Err(error) => return fail(&error),
    };
    if json {
        say(Value::from(held.iter().map(as_json).collect::<Vec<_>>()));
        return ExitCode::SUCCESS;
    }
    if held.is_empty() {
        say("no address is held");
    }
    for one in &held {
        let state = match (one.is_held, one.tried_at) {
            (true, None) => "held until",
            (true, Some(_)) => "one mail was tried; held until",
            (false, None) => "one mail may go out since",
            (false, Some(_)) => "not held since",
        };
        let (at, until) = (text(one.bounced_at), text(one.held_until));
        say(format_args!(
            "{at}  {:<32} bounces {}, {state} {until}",
            one.address, one.bounces
        ));
    }
    ExitCode::SUCCESS
}

fn as_json(held: &HeldAddress) -> Value {
    json!({
        "address": held.address,
        "bounces": held.bounces,
        "bounced_at": text(held.bounced_at),
        "held_until": text(held.held_until),
        "tried_at": held.tried_at.map(text),
        "is_held": held.is_held,
    })
}
