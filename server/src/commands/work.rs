//! `work`: runs background jobs and serves nothing, beside servers that run with `--no-worker` or without.

use std::process::ExitCode;

use sealdrop_service::Service;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    output::{fail, say},
    stop_signal::stop_signal,
};
use crate::{
    config::Config,
    metrics::{serve_metrics, start_recording},
    start::{Failure, connect_beside_server},
};

pub(super) async fn work(config: &Config) -> ExitCode {
    let stop = CancellationToken::new();
    let (service, counting) = match connect(config, &stop).await {
        Ok(connected) => connected,
        Err(error) => return fail(&error),
    };
    let stopped = stop_signal();
    say("Sealdrop runs background jobs");
    let working = tokio::spawn(service.run_jobs(stop.clone()));
    stopped.await;
    tracing::info!("ending: jobs that run are given back");
    stop.cancel();
    if let Some(counting) = counting {
        // One that panicked has ended too.
        let _ = counting.await;
    }
    match working.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// The service, and the listener of its metrics if there is one: jobs are counted where they run.
async fn connect(config: &Config, stop: &CancellationToken) -> Result<(Service, Option<JoinHandle<()>>), Failure> {
    let Some(addr) = config.metrics else {
        return Ok((connect_beside_server(config).await?, None));
    };
    let handle = start_recording().map_err(Failure::Metrics)?;
    let service = connect_beside_server(config).await?;
    let serving = serve_metrics(addr, handle, service.clone(), None, stop.clone()).await;
    let (_, task) = serving.map_err(|error| Failure::Listen(addr, error))?;
    Ok((service, Some(task)))
}
