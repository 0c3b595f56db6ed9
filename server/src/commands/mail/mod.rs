//! `mail` and `mails`: what stays in memory, whether mail arrives, and what became of each.

mod check;
mod held;
mod kept;
mod list;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use sealdrop_mail::EmailAddress;

use crate::config::Config;

/// What is done with mail.
#[derive(Debug, Clone, Args)]
pub(in crate::commands) struct MailArguments {
    /// Send a test message to this address by way of the running worker, and wait for what becomes of it.
    #[arg(long, value_name = "ADDRESS")]
    check: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is done with the outbox.
#[derive(Debug, Clone, Subcommand)]
pub(in crate::commands) enum MailsCommand {
    /// List mails of the last 30 days with their addresses, the newest first: at most 1,000.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List addresses that get no mail for a day because mail to them came back, and those of the last 30 days: at most 1,000.
    Held {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(in crate::commands) async fn mail(config: &Config, arguments: MailArguments) -> ExitCode {
    match arguments.check.as_deref().map(EmailAddress::parse) {
        None => kept::show(config, arguments.json).await,
        Some(Ok(address)) => check::check(config, address, arguments.json).await,
        Some(Err(error)) => super::output::fail(&error),
    }
}

pub(in crate::commands) async fn mails(config: &Config, command: MailsCommand) -> ExitCode {
    match command {
        MailsCommand::List { json } => list::list(config, json).await,
        MailsCommand::Held { json } => held::list(config, json).await,
    }
}
