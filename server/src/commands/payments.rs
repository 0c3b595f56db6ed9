//! `payments`: what was paid, compared with what was granted, and giving it back.

use std::{io, process::ExitCode};

use clap::Subcommand;
use sealdrop_api::ProblemType;
use sealdrop_service::{DatabaseConfig, Difference, PaymentsAudit, RefundAdmin, RefundChange};
use serde_json::{Value, json};

use super::{
    operator::operator,
    output::{fail, say},
    plans::price,
};
use crate::{config::Config, start::start_without_serving};

/// What is done with payments.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum PaymentsCommand {
    /// Compare what the provider took with what was granted and given back. The exit code says whether it fits.
    Audit {
        /// Settle what does not fit as it should have been, such as orders that were paid after a backup that was restored.
        #[arg(long)]
        repair: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give back what was paid for an order, wholly or in part. A worker does it; refused while a dispute is open.
    Refund {
        /// The order's id: 32 hexadecimal digits, as the log and the audit have it.
        order: String,
        /// With two decimals, such as 100.00; all that is left without it.
        #[arg(long, value_parser = price)]
        amount: Option<u64>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn payments(config: &Config, command: PaymentsCommand) -> ExitCode {
    match command {
        PaymentsCommand::Audit { repair, json } => audit(config, repair, json).await,
        PaymentsCommand::Refund { order, amount, json } => refund(config, &order, amount, json).await,
    }
}

async fn audit(config: &Config, repair: bool, json: bool) -> ExitCode {
    let running = match start_without_serving(config).await {
        Ok(running) => running,
        Err(error) => return fail(&error),
    };
    let found = running.service.audit_payments(repair).await;
    running.stop().await;
    match found {
        Ok(audit) => {
            print(&audit, json);
            if audit.differences.iter().all(|one| one.is_repaired) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) if error.problem_type() == Some(ProblemType::NotFound) => {
            fail(&io::Error::other("no payment provider is configured"))
        }
        Err(error) => fail(&error),
    }
}

fn print(audit: &PaymentsAudit, json: bool) {
    if json {
        return say(json!({
            "links": audit.links,
            "captured": audit.captured,
            "granted": audit.granted,
            "owed": audit.owed,
            "differences": audit.differences.iter().map(as_json).collect::<Vec<_>>(),
        }));
    }
    for one in &audit.differences {
        say(format_args!(
            "{:<22} {} {} {}{}",
            one.kind.as_str(),
            one.reference,
            one.provider_id.as_deref().unwrap_or("-"),
            one.amount,
            if one.is_repaired { ", settled" } else { "" }
        ));
    }
    say(format_args!(
        "{} links, {} payments taken, {} orders granted, {} refunds owed, {} differences",
        audit.links,
        audit.captured,
        audit.granted,
        audit.owed,
        audit.differences.len()
    ));
}

fn as_json(one: &Difference) -> Value {
    json!({
        "kind": one.kind.as_str(),
        "reference": one.reference,
        "provider_id": one.provider_id,
        "amount": one.amount,
        "repaired": one.is_repaired,
    })
}

async fn refund(config: &Config, order: &str, amount: Option<u64>, json: bool) -> ExitCode {
    let refunds = match RefundAdmin::open(&DatabaseConfig::new(config.database.url.expose())).await {
        Ok(refunds) => refunds,
        Err(error) => return fail(&error),
    };
    let amount = amount.map(|amount| i64::try_from(amount).unwrap_or(i64::MAX));
    let change = match refunds.refund(order, amount, &operator()).await {
        Ok(change) => change,
        Err(error) => return fail(&error),
    };
    let refused = match change {
        RefundChange::Owed(_) => None,
        RefundChange::NotGranted => Some("there is no such order, or it was not granted".to_owned()),
        RefundChange::Disputed => {
            Some("a dispute about the payment is open: the bank may take the money anyway".to_owned())
        }
        RefundChange::TooMuch(left) => Some(format!("{}.{:02} is left of the payment", left / 100, left % 100)),
    };
    if json {
        say(json!({ "changed": refused.is_none(), "reason": refused }));
    } else {
        say(refused.as_deref().unwrap_or("the refund is owed, and a worker pays it"));
    }
    if refused.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
