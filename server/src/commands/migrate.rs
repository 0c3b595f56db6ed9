//! `migrate`: the schema, without serving.

use std::process::ExitCode;

use super::output::{fail, say};
use crate::{config::Config, start::start_without_serving};

pub(super) async fn migrate(config: &Config) -> ExitCode {
    match start_without_serving(config).await {
        Ok(running) => {
            running.stop().await;
            say("the database is up to date");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}
