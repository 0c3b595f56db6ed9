//! `plans`: what is sold. The database is enough: a server may run or not.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use sealdrop_service::{DatabaseConfig, NewPlan, PlanAdmin, PlanChange, PlanRow};
use serde_json::{Value, json};

use super::{
    operator::operator,
    output::{fail, say},
};
use crate::config::{Config, units};

/// What is done with plans.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum PlansCommand {
    /// List plans, also those that are off sale, the cheapest first.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Put a plan on sale, or give it other terms. What was sold before stays as it was sold.
    Set(Terms),
    /// Take a plan off sale. Who has it keeps it to the end of what they paid for.
    Remove {
        /// Its name in the list.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// The terms of a plan. A limit that is left out is what the settings say.
#[derive(Debug, Clone, Args)]
pub(super) struct Terms {
    /// Lower-case letters, digits and hyphens, such as `plus`.
    name: String,
    /// With two decimals, such as 499.00; tax is included.
    #[arg(long, value_parser = price)]
    price: u64,
    /// ISO 4217.
    #[arg(long, default_value = "INR")]
    currency: String,
    /// Calendar months that one payment is for.
    #[arg(long)]
    months: u32,
    /// Encrypted bytes that a user may hold, such as 100GB.
    #[arg(long, value_parser = units::bytes)]
    storage: u64,
    /// Encrypted bytes of one link.
    #[arg(long, value_parser = units::bytes)]
    max_link: Option<u64>,
    /// How long a link may live, such as 90d.
    #[arg(long, value_parser = units::seconds)]
    max_expiry: Option<u64>,
    /// How often a link may be downloaded.
    #[arg(long)]
    max_downloads: Option<u32>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Hundredths, from a number with exactly two decimals: whoever means 4.99 does not get 499.
pub(super) fn price(text: &str) -> Result<u64, String> {
    let (whole, hundredths) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let read = is_number(whole) && is_number(hundredths) && hundredths.len() == 2;
    let price = read.then(|| format!("{whole}{hundredths}").parse().ok()).flatten();
    price.ok_or_else(|| "expected a price with two decimals, such as 499.00".to_owned())
}

pub(super) async fn plans(config: &Config, command: PlansCommand) -> ExitCode {
    let plans = match PlanAdmin::open(&DatabaseConfig::new(config.database.url.expose())).await {
        Ok(plans) => plans,
        Err(error) => return fail(&error),
    };
    match command {
        PlansCommand::List { json } => match plans.list().await {
            Ok(rows) => {
                list(&rows, json);
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error),
        },
        PlansCommand::Set(terms) => {
            let json = terms.json;
            match plans.set(&new_plan(terms), &operator()).await {
                Ok(change) => tell(json, change, "the plan is on sale with these terms"),
                Err(error) => fail(&error),
            }
        }
        PlansCommand::Remove { name, json } => match plans.remove(&name, &operator()).await {
            Ok(change) => tell(json, change, "the plan is off sale"),
            Err(error) => fail(&error),
        },
    }
}

fn new_plan(terms: Terms) -> NewPlan {
    NewPlan {
        name: terms.name,
        price: terms.price,
        currency: terms.currency,
        months: terms.months,
        storage_bytes: terms.storage,
        max_link_bytes: terms.max_link,
        max_expires_in: terms.max_expiry,
        max_downloads: terms.max_downloads,
    }
}

fn tell(json: bool, change: PlanChange, done: &str) -> ExitCode {
    let refused = match change {
        PlanChange::Done => None,
        PlanChange::NotOnSale => Some("there is no plan of this name on sale".to_owned()),
        PlanChange::Refused(error) => Some(error.to_string()),
    };
    if json {
        say(json!({ "changed": refused.is_none(), "reason": refused }));
    } else {
        say(refused.as_deref().unwrap_or(done));
    }
    if refused.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn list(rows: &[PlanRow], json: bool) {
    if json {
        say(Value::from(rows.iter().map(as_json).collect::<Vec<_>>()));
        return;
    }
    for row in rows {
        let sold = match (row.is_on_sale, row.months) {
            (_, None) => "not sold".to_owned(),
            (on_sale, Some(months)) => {
                let (whole, hundredths) = (row.price / 100, row.price % 100);
                let off = if on_sale { "" } else { ", off sale" };
                let period = if months == 1 {
                    "1 month".to_owned()
                } else {
                    format!("{months} months")
                };
                format!("{} {whole}.{hundredths:02} for {period}{off}", row.currency)
            }
        };
        say(format_args!("{:<32} {} bytes, {sold}", row.name, row.storage_bytes));
    }
}

fn as_json(row: &PlanRow) -> Value {
    json!({
        "name": row.name,
        "price": row.price,
        "currency": row.currency,
        "months": row.months,
        "storage_bytes": row.storage_bytes,
        "max_link_bytes": row.max_link_bytes,
        "max_expires_in": row.max_expires_in,
        "max_downloads": row.max_downloads,
        "on_sale": row.is_on_sale,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_says_its_hundredths() {
        assert_eq!(price("499.00"), Ok(49_900));
        assert_eq!(price("0.05"), Ok(5));
        for wrong in [
            "",
            "499",
            "499.",
            ".99",
            "4.9",
            "4.999",
            "-4.99",
            "4,99",
            "1e2.00",
            "999999999999999999.00",
        ] {
            assert!(price(wrong).is_err(), "{wrong}");
        }
    }
}
