//! `users`: who has an account, and what they hold. The database is enough: a server may run or not.

use std::{io, process::ExitCode};

use clap::{Args, Subcommand};
use sealdrop_service::{DatabaseConfig, UserAdmin, UserChange, UserDetails, UserKey, UserRow};
use serde_json::{Value, json};

use super::{
    operator::operator,
    output::{fail, say, text},
};
use crate::config::{Config, units};

/// What is done with users.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum UsersCommand {
    /// List users with their addresses, the newest first: at most 1,000.
    List {
        #[command(flatten)]
        output: Format,
    },
    /// Show one user.
    Show(One),
    /// Give a user a quota of their own, or the plan's again. What they hold stays; over quota they send nothing.
    Limit {
        #[command(flatten)]
        one: One,
        /// Encrypted bytes, such as 50GB, or `plan`.
        #[arg(value_parser = quota)]
        quota: Quota,
    },
    /// Close a user for good, as they close their account themselves. Their links end now; the files are deleted within a day.
    Close(One),
}

/// One user.
#[derive(Debug, Clone, Args)]
pub(super) struct One {
    /// Their address, or their id in the list.
    user: UserKey,
    #[command(flatten)]
    output: Format,
}

/// What a user may hold; nothing is what the plan says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota(Option<u64>);

fn quota(text: &str) -> Result<Quota, String> {
    match text {
        "plan" => Ok(Quota(None)),
        _ => units::bytes(text)
            .map(|bytes| Quota(Some(bytes)))
            .map_err(|wrong| format!("{wrong}, or plan")),
    }
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Format {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn users(config: &Config, command: UsersCommand) -> ExitCode {
    let users = match UserAdmin::open(&DatabaseConfig::new(config.database.url.expose())).await {
        Ok(users) => users,
        Err(error) => return fail(&error),
    };
    match command {
        UsersCommand::List { output } => match users.list().await {
            Ok(rows) => list(&rows, output),
            Err(error) => return fail(&error),
        },
        UsersCommand::Limit { one, quota } => {
            return match users.limit(&one.user, quota.0, &operator()).await {
                Ok(change) => tell(one.output, change, "the new quota holds"),
                Err(error) => fail(&error),
            };
        }
        UsersCommand::Close(one) => {
            return match users.close(&one.user, &operator()).await {
                Ok(change) => tell(one.output, change, "the user is closed"),
                Err(error) => fail(&error),
            };
        }
        UsersCommand::Show(one) => match users.show(&one.user).await {
            Ok(Some(details)) => show(&details, one.output),
            Ok(None) => return fail(&io::Error::other("there is no such user")),
            Err(error) => return fail(&error),
        },
    }
    ExitCode::SUCCESS
}

fn tell(output: Format, change: UserChange, done: &str) -> ExitCode {
    let refused = match change {
        UserChange::Done => None,
        UserChange::Unknown => Some("there is no such user"),
        UserChange::Closed => Some("the user was closed before"),
    };
    if output.json {
        say(json!({ "changed": refused.is_none(), "reason": refused }));
    } else {
        say(refused.unwrap_or(done));
    }
    if refused.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn list(rows: &[UserRow], output: Format) {
    if output.json {
        say(Value::from(rows.iter().map(as_json).collect::<Vec<_>>()));
        return;
    }
    if rows.is_empty() {
        say("there are no users");
    }
    for row in rows {
        let address = row.address.as_deref().unwrap_or("(closed)");
        say(format_args!(
            "{}  {address:<32} {:<8} {} of {} bytes, since {}",
            row.id,
            row.plan,
            row.used_bytes,
            row.quota_bytes,
            text(row.created_at)
        ));
    }
    if rows.len() == UserAdmin::LISTED as usize {
        say("there may be more; `users show ADDRESS` finds any");
    }
}

fn show(details: &UserDetails, output: Format) {
    let user = &details.user;
    if output.json {
        let mut json = as_json(user);
        json["sessions"] = details.sessions.into();
        json["tokens"] = details.tokens.into();
        return say(json);
    }
    let instant = |at: Option<_>| at.map_or_else(|| "-".to_owned(), text);
    for (name, value) in [
        ("id", user.id.clone()),
        ("address", user.address.clone().unwrap_or_else(|| "-".to_owned())),
        ("plan", user.plan.clone()),
        ("used", format!("{} bytes", user.used_bytes)),
        ("reserved", format!("{} bytes", user.reserved_bytes)),
        (
            "quota",
            format!(
                "{} bytes, {}",
                user.quota_bytes,
                if user.has_own_quota {
                    "an operator's"
                } else {
                    "the plan's"
                }
            ),
        ),
        ("created", text(user.created_at)),
        ("last used", instant(user.seen_at)),
        ("closed", instant(user.closed_at)),
        ("sessions", details.sessions.to_string()),
        ("tokens", details.tokens.to_string()),
    ] {
        say(format_args!("{name:<10} {value}"));
    }
}

fn as_json(row: &UserRow) -> Value {
    json!({
        "id": row.id,
        "address": row.address,
        "plan": row.plan,
        "used_bytes": row.used_bytes,
        "reserved_bytes": row.reserved_bytes,
        "quota_bytes": row.quota_bytes,
        "own_quota": row.has_own_quota,
        "created_at": text(row.created_at),
        "seen_at": row.seen_at.map(text),
        "closed_at": row.closed_at.map(text),
    })
}
