//! `reap`: one pass of the background jobs. A running server makes them by itself.

use std::process::ExitCode;

use super::{
    operator::operator,
    output::{fail, say},
};
use crate::{config::Config, start::start_without_serving};

pub(super) async fn reap(config: &Config, trust_clock: bool, delete_unknown: bool) -> ExitCode {
    let running = match start_without_serving(config).await {
        Ok(running) => running,
        Err(error) => return fail(&error),
    };
    if trust_clock && let Err(error) = running.service.trust_clock(&operator()).await {
        running.stop().await;
        return fail(&error);
    }
    if delete_unknown && let Err(error) = running.service.delete_unknown_objects(&operator()).await {
        running.stop().await;
        return fail(&error);
    }
    let result = running.service.reap().await;
    running.stop().await;
    match result {
        Ok(reaped) => {
            say(format_args!("{reaped:#?}"));
            if reaped.failed == 0 && reaped.held == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => fail(&error),
    }
}
