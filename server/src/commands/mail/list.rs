//! `mails list`: what became of each mail. The database is enough: a server may run or not.

use std::process::ExitCode;

use sealdrop_service::{DatabaseConfig, MailRow, Outbox};
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
    let rows = match outbox.list().await {
        Ok(rows) => rows,
        Err(error) => return fail(&error),
    };
    if json {
        say(Value::from(rows.iter().map(as_json).collect::<Vec<_>>()));
        return ExitCode::SUCCESS;
    }
    if rows.is_empty() {
        say("no mail in the last 30 days");
    }
    for row in &rows {
        let (state, at, tries) = (row.state.name(), text(row.made_at), row.tries);
        say(format_args!(
            "{at}  {state:<8} {:<18} {:<32} tries {tries}",
            row.reason, row.recipient
        ));
        if let Some(error) = &row.error {
            say(format_args!("{:>10}  {error}", ""));
        }
    }
    if rows.len() == Outbox::LISTED as usize {
        say("there may be more");
    }
    ExitCode::SUCCESS
}

fn as_json(row: &MailRow) -> Value {
    json!({
        "id": row.id,
        "to": row.recipient,
        "reason": row.reason,
        "state": row.state.name(),
        "tries": row.tries,
        "error": row.error,
        "transport": row.transport,
        "provider_id": row.provider_id,
        "made_at": text(row.made_at),
        "run_at": text(row.run_at),
        "ended_at": row.ended_at.map(text),
    })
}
