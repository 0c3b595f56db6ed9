//! `sealdrop`: send, receive, info, links, revoke, verify, login, logout, whoami, on the same engine as the browser.
//!
//! Results go to standard output, words and progress to standard error, and the exit code says what happened.

mod account;
mod append_log;
mod args;
mod commands;
mod download_journal;
mod environment;
mod failure;
mod file_sinks;
#[cfg(test)]
mod hostile_tests;
mod off_thread;
mod platform;
mod published;
mod rename_new;
mod signals;
mod source;
mod state;
mod terminal;
mod text;
mod upload_journal;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::{Arguments, Command},
    failure::Failure,
    terminal::progress_bar::say,
};

/// Runs the command that the arguments name, and gives the exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| {
        // It does not say which variable is no text.
        if error.kind() == clap::error::ErrorKind::InvalidUtf8
            && let Err(failure) = environment::check()
        {
            say(&failure.message);
            std::process::exit(failure.code.into());
        }
        error.exit()
    });
    match dispatch(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

fn dispatch(command: Command) -> Result<(), Failure> {
    // These print what is known without the environment.
    match &command {
        Command::Reference => return commands::reference::print(),
        Command::Completions(arguments) => return commands::manual::completions(arguments.shell),
        Command::Man => return commands::manual::man(),
        _ => environment::check()?,
    }
    // One TLS for the whole process; a second call would only say that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::other(format!("Threads could not be started: {error}.")))?;
    let result = runtime.block_on(async {
        match command {
            Command::Send(arguments) => commands::send::send(arguments).await,
            Command::Receive(arguments) => commands::receive::receive(arguments).await,
            Command::Info(arguments) => commands::info::info(arguments).await,
            Command::Links(arguments) => commands::links::links(arguments).await,
            Command::Revoke(arguments) => commands::revoke::revoke(arguments).await,
            Command::Verify(arguments) => commands::verify::verify(arguments).await,
            Command::Login(arguments) => commands::account::login::login(arguments).await,
            Command::Logout(arguments) => commands::account::logout::logout(arguments).await,
            Command::Whoami(arguments) => commands::account::whoami::whoami(arguments).await,
            Command::Reference | Command::Completions(_) | Command::Man => Ok(()),
        }
    });
    // A read of standard input that still waits must not hold the process.
    runtime.shutdown_background();
    result
}
