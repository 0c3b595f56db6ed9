//! What the binary can be told to do.

mod ask_running;
mod docs;
mod doctor;
mod health;
mod migrate;
mod reap;
mod serve;
mod take_bucket;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

use clap::{Parser, Subcommand};

pub use docs::Document;

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
    /// Serve the API, the web app and the embedded bucket (the default). Migrates the database first.
    Serve,
    /// Bring the database's schema up to date, and end.
    Migrate,
    /// Run the background jobs once: expire links, remove what nobody needs.
    Reap {
        /// Believe this machine's clock, however far it has jumped since the last look at it, and end what is due by it, however
        /// much that is.
        #[arg(long)]
        trust_clock: bool,
    },
    /// Make the S3 bucket this installation's own, after the other one that it is marked for has ended for good.
    TakeBucket,
    /// Check configuration, data folder, database and bucket.
    Doctor,
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
    let command = arguments.command.unwrap_or(Command::Serve);
    if let Command::Docs { document } = command {
        return heard(docs::print(document));
    }
    let config = match Config::load() {
        Ok(config) => config,
        Err(problems) => return fail(&problems),
    };
    start_logging(&config.log);
    for name in &config.unknown {
        tracing::warn!(
            name,
            "this looks like a setting of Sealdrop, but there is none of this name"
        );
    }
    match command {
        Command::Serve => serve::serve(&config).await,
        Command::Migrate => migrate::migrate(&config).await,
        Command::Reap { trust_clock } => reap::reap(&config, trust_clock).await,
        Command::TakeBucket => take_bucket::take_bucket(&config).await,
        Command::Doctor => heard(doctor::doctor(&config).await),
        Command::Health => health::health(&config).await,
        Command::Docs { .. } => ExitCode::SUCCESS,
    }
}

/// Says what is wrong, in the operator's words, and how the process ends.
fn fail(error: &dyn std::error::Error) -> ExitCode {
    // Where nobody listens, the exit code says it.
    let _ = writeln!(io::stderr(), "sealdrop-server: {error}");
    ExitCode::FAILURE
}

/// Whether a line found no taker: an output that is full, or that nobody reads.
static UNHEARD: AtomicBool = AtomicBool::new(false);

/// One line for whoever asked. A server serves on where nobody hears it.
fn say(line: impl std::fmt::Display) {
    let mut out = io::stdout();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        UNHEARD.store(true, Ordering::Relaxed);
    }
}

/// A command that answers in words has failed where they were not heard.
fn heard(code: ExitCode) -> ExitCode {
    if UNHEARD.load(Ordering::Relaxed) {
        return fail(&io::Error::other("standard output cannot be written"));
    }
    code
}
