//! `audit list`: what operators changed. The database is enough: a server may run or not.

use std::process::ExitCode;

use clap::Subcommand;
use sealdrop_service::{AuditLog, AuditRow, DatabaseConfig};
use serde_json::{Value, json};

use super::output::{fail, say, text};
use crate::config::Config;

/// What is done with the audit: it is read.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum AuditCommand {
    /// List what operators changed, the newest first: at most 1,000.
    List {
        /// Only what came before the change of this number.
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn audit(config: &Config, command: AuditCommand) -> ExitCode {
    let AuditCommand::List { before, json } = command;
    let log = match AuditLog::open(&DatabaseConfig::new(config.database.url.expose())).await {
        Ok(log) => log,
        Err(error) => return fail(&error),
    };
    let rows = match log.list(before).await {
        Ok(rows) => rows,
        Err(error) => return fail(&error),
    };
    if json {
        say(Value::from(rows.iter().map(as_json).collect::<Vec<_>>()));
        return ExitCode::SUCCESS;
    }
    if rows.is_empty() {
        say("nothing was changed by hand");
    }
    for row in &rows {
        let (id, at, action, subject) = (row.id, text(row.at), &row.action, &row.subject);
        let actor = row.actor.as_deref().unwrap_or("unknown");
        let detail = row.detail.as_deref().unwrap_or_default();
        say(
            format_args!("{id:>6}  {at}  {actor:<16} {action:<12} {subject}  {detail}")
                .to_string()
                .trim_end(),
        );
    }
    if rows.len() == AuditLog::LISTED as usize {
        say("there may be more: --before with the last number lists what came before");
    }
    ExitCode::SUCCESS
}

fn as_json(row: &AuditRow) -> Value {
    json!({
        "id": row.id,
        "at": text(row.at),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
    })
}
