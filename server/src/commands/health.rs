//! `health`: whether the server beside it lives, as an exit code. For containers, whose images carry no client to ask with.
//!
//! It asks `/healthz` and not `/readyz`: restarting an unhealthy server would gain nothing while a
//! database is away.

use std::process::ExitCode;

use super::{ask_running::ask_running, output::say};
use crate::config::Config;

pub(super) async fn health(config: &Config) -> ExitCode {
    match ask_running(config, "/healthz").await {
        Ok((true, said)) => {
            say(said);
            ExitCode::SUCCESS
        }
        Ok((false, said)) => {
            say(format_args!("the server answers, but not well: {said}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(error);
            ExitCode::FAILURE
        }
    }
}
