//! The subcommands of the binary.

mod ask_running;
mod audit;
mod docs;
mod doctor;
mod health;
mod jobs;
mod mail;
mod migrate;
mod operator;
mod output;
mod payments;
mod plans;
mod reap;
mod serve;
mod stop_signal;
mod take_bucket;
mod takedown;
mod users;
mod verify_storage;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use audit::AuditCommand;
pub use docs::Document;
use jobs::JobsCommand;
use mail::{MailArguments, MailsCommand};
use output::{fail, heard};
use payments::PaymentsCommand;
use plans::PlansCommand;
use takedown::TakedownArguments;
use users::UsersCommand;

use crate::{config::Config, logging::start_logging};

/// The Sealdrop server. Configured by the environment; see docs/reference/configuration.md.
#[derive(Debug, Parser)]
#[command(name = "sealdrop-server", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, the web app and the embedded bucket, and run background jobs (the default). Migrates the database first.
    Serve {
        /// Leave background jobs to `sealdrop-server work`. Without any worker nothing expires and nothing is removed.
        #[arg(long)]
        no_worker: bool,
    },
    /// Run background jobs and serve nothing. With the embedded bucket, a server must run on this machine.
    Work,
    /// Look after background jobs: list them, try one again, delete one.
    Jobs {
        #[command(subcommand)]
        command: JobsCommand,
    },
    /// Show what mail waits in the running server's memory, where `MAIL_URL` is `memory:`; with --check, see whether mail arrives.
    Mail(MailArguments),
    /// Look after mail that was sent or waits.
    Mails {
        #[command(subcommand)]
        command: MailsCommand,
    },
    /// Look after users.
    Users {
        #[command(subcommand)]
        command: UsersCommand,
    },
    /// Look after what is sold.
    Plans {
        #[command(subcommand)]
        command: PlansCommand,
    },
    /// Look after payments.
    Payments {
        #[command(subcommand)]
        command: PaymentsCommand,
    },
    /// Look at what operators changed.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Bring the database's schema up to date, and end.
    Migrate,
    /// Run the background jobs once: expire links, remove what nobody needs.
    Reap {
        /// Believe this machine's clock, however far it has jumped since the last look at it, and end what is due by it, however
        /// much that is.
        #[arg(long)]
        trust_clock: bool,
        /// Delete the objects of the bucket that the database has not known for a week, however many they are.
        #[arg(long)]
        delete_unknown: bool,
    },
    /// Make the S3 bucket this installation's own, after the other one that it is marked for has ended for good.
    TakeBucket,
    /// Remove a link, and the files behind it, because of what is in it.
    Takedown(TakedownArguments),
    /// Look in the bucket for every object that the database holds, as after a restore. Changes neither.
    VerifyStorage(verify_storage::Format),
    /// Look at everything that a server stands on, say what is wrong and what to do: settings, data folder, database, bucket (as browsers
    /// see it), mail, payments. Leaves nothing behind. The exit code is 1 where something failed, 0 with warnings.
    Doctor(doctor::DoctorArguments),
    /// Ask the server that runs on this machine for a sign of life; the exit code is the answer.
    Health,
    /// Print a generated document.
    #[command(hide = true)]
    Docs {
        /// Which one.
        document: Document,
    },
}

/// Runs what was asked for.
pub async fn run(arguments: Arguments) -> ExitCode {
    let command = arguments.command.unwrap_or(Command::Serve { no_worker: false });
    if let Command::Docs { document } = command {
        return heard(docs::print(document));
    }
    let config = match Config::load() {
        Ok(config) => config,
        Err(problems) => {
            return match command {
                Command::Doctor(arguments) if arguments.json => heard(doctor::unreadable(&problems)),
                _ => fail(&problems),
            };
        }
    };
    start_logging(&config.log);
    for name in &config.unknown {
        tracing::warn!(
            name,
            "this looks like a setting of Sealdrop, but there is none of this name"
        );
    }
    match command {
        Command::Serve { no_worker } => serve::serve(&config, !no_worker).await,
        Command::Work => work::work(&config).await,
        Command::Jobs { command } => heard(jobs::jobs(&config, command).await),
        Command::Mail(arguments) => heard(mail::mail(&config, arguments).await),
        Command::Mails { command } => heard(mail::mails(&config, command).await),
        Command::Users { command } => heard(users::users(&config, command).await),
        Command::Plans { command } => heard(plans::plans(&config, command).await),
        Command::Payments { command } => heard(payments::payments(&config, command).await),
        Command::Audit { command } => heard(audit::audit(&config, command).await),
        Command::Takedown(arguments) => heard(takedown::takedown(&config, arguments).await),
        Command::Migrate => migrate::migrate(&config).await,
        Command::Reap {
            trust_clock,
            delete_unknown,
        } => reap::reap(&config, trust_clock, delete_unknown).await,
        Command::TakeBucket => take_bucket::take_bucket(&config).await,
        Command::VerifyStorage(output) => heard(verify_storage::verify_storage(&config, output).await),
        Command::Doctor(arguments) => heard(doctor::doctor(&config, arguments).await),
        Command::Health => health::health(&config).await,
        Command::Docs { .. } => ExitCode::SUCCESS,
    }
}
