//! `work`: runs background jobs and serves nothing, beside servers that run with `--no-worker` or without.

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use super::{
    output::{fail, say},
    stop_signal::stop_signal,
};
use crate::{config::Config, start::connect_beside_server};

pub(super) async fn work(config: &Config) -> ExitCode {
    let service = match connect_beside_server(config).await {
        Ok(service) => service,
        Err(error) => return fail(&error),
    };
    say("Sealdrop runs background jobs");
    let stop = CancellationToken::new();
    let working = tokio::spawn(service.run_jobs(stop.clone()));
    stop_signal().await;
    tracing::info!("ending: jobs that run are given back");
    stop.cancel();
    match working.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}
