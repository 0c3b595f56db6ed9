//! `jobs`: what waits, what failed for good, and what to do with it. The database is enough: a server may run or not.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use sealdrop_service::{DatabaseConfig, JobChange, JobQueue, JobRow};
use serde_json::{Value, json};

use super::{
    operator::operator,
    output::{fail, say, text},
};
use crate::config::Config;

/// What is done with jobs.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum JobsCommand {
    /// List jobs that are not done, the dead ones first: at most 1,000.
    List {
        #[command(flatten)]
        output: Format,
    },
    /// Run a job now that no worker runs, with all of its tries.
    Retry(One),
    /// Delete a job that no worker runs.
    Drop(One),
}

/// One job.
#[derive(Debug, Clone, Args)]
pub(super) struct One {
    /// Its number in the list.
    id: i64,
    #[command(flatten)]
    output: Format,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Format {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn jobs(config: &Config, command: JobsCommand) -> ExitCode {
    let queue = match JobQueue::open(&DatabaseConfig::new(config.database.url.expose()), operator()).await {
        Ok(queue) => queue,
        Err(error) => return fail(&error),
    };
    let (one, done) = match command {
        JobsCommand::List { output } => {
            return match queue.list().await {
                Ok(rows) => {
                    list(&rows, output);
                    ExitCode::SUCCESS
                }
                Err(error) => fail(&error),
            };
        }
        JobsCommand::Retry(one) => {
            let change = queue.retry(one.id).await;
            (one, change.map(|change| (change, "runs now")))
        }
        JobsCommand::Drop(one) => {
            let change = queue.drop_job(one.id).await;
            (one, change.map(|change| (change, "is deleted")))
        }
    };
    match done {
        Ok((change, words)) => tell(&one, change, words),
        Err(error) => fail(&error),
    }
}

fn list(rows: &[JobRow], output: Format) {
    if output.json {
        say(Value::from(rows.iter().map(as_json).collect::<Vec<_>>()));
        return;
    }
    if rows.is_empty() {
        say("no job waits");
    }
    for row in rows {
        let state = if row.has_failed && row.is_periodic {
            "failing"
        } else {
            &row.state
        };
        let (id, kind, tries) = (row.id, &row.kind, row.tries);
        let key = row
            .key
            .as_deref()
            .unwrap_or(if row.is_periodic { "periodic" } else { "-" });
        let at = text(row.run_at);
        say(format_args!(
            "{id:>6}  {state:<8} {kind:<20} {key:<24} {at}  tries {tries}"
        ));
        if let Some(error) = &row.error {
            say(format_args!("{:>6}  {error}", ""));
        }
    }
    if rows.len() == JobQueue::LISTED as usize {
        say("there may be more");
    }
}

fn as_json(row: &JobRow) -> Value {
    json!({
        "id": row.id,
        "kind": row.kind,
        "key": row.key,
        "state": row.state,
        "periodic": row.is_periodic,
        "failed": row.has_failed,
        "tries": row.tries,
        "error": row.error,
        "run_at": text(row.run_at),
        "ended_at": row.ended_at.map(text),
    })
}

fn tell(one: &One, change: JobChange, done: &str) -> ExitCode {
    let id = one.id;
    let refused = match change {
        JobChange::Done => None,
        JobChange::Unknown => Some("there is no job with this number"),
        JobChange::Running => Some("a worker runs it; stop that worker, or wait"),
        JobChange::Ended => Some("it is done"),
        JobChange::Periodic => Some("it comes again by itself and cannot be deleted"),
        JobChange::AnotherWaits => Some("another job of this kind for the same key waits already; delete this one"),
    };
    if one.output.json {
        say(json!({ "id": id, "changed": refused.is_none(), "reason": refused }));
    } else {
        say(format_args!("job {id}: {}", refused.unwrap_or(done)));
    }
    if refused.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
