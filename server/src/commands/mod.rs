//! What the binary can be told to do.

mod ask_running;
mod docs;
mod doctor;
mod health;
mod migrate;
mod reap;
mod serve;

use std::process::ExitCode;

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
    Reap,
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
        return docs::print(document);
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
        Command::Reap => reap::reap(&config).await,
        Command::Doctor => doctor::doctor(&config).await,
        Command::Health => health::health(&config).await,
        Command::Docs { .. } => ExitCode::SUCCESS,
    }
}

/// Says what is wrong, in the operator's words, and how the process ends.
#[expect(
    clippy::print_stderr,
    reason = "the last words of a command, also when nothing is logged"
)]
fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("sealdrop-server: {error}");
    ExitCode::FAILURE
}

/// One line for whoever asked.
#[expect(
    clippy::print_stdout,
    reason = "the one place where commands answer on standard output"
)]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
