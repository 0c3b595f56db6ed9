//! `serve`: runs the server until it is told to end, with a worker for background jobs unless another process has it.

use std::{net::SocketAddr, process::ExitCode};

use super::{
    output::{fail, say},
    stop_signal::stop_signal,
};
use crate::{
    config::Config,
    running_address::Note,
    site::Site,
    start::{loopback_of, start, start_without_worker},
};

pub(super) async fn serve(config: &Config, has_worker: bool) -> ExitCode {
    let started = if has_worker {
        start(config).await
    } else {
        start_without_worker(config).await
    };
    let running = match started {
        Ok(running) => running,
        Err(error) => return fail(&error),
    };
    if matches!(Site::open(&config.site), Site::Missing) {
        tracing::warn!("no web app in this binary: build it with `make site`, then set SEALDROP_SITE=target/site");
    }
    if let Some(said) = config.http.unused_port() {
        tracing::warn!("{said}");
    }
    if let Some(wrong) = config.http.uncounted_proxy() {
        tracing::warn!("{wrong}");
    }
    if let Err(wrong) = running.service.readiness().await.mail {
        tracing::warn!("{wrong}");
    }
    if !config.http.rate_limits {
        tracing::warn!("SEALDROP_RATE_LIMITS is off: guessing costs nothing");
    }
    let note = Note::write(&config.data, running.addr);
    if let Err(error) = &note {
        tracing::warn!(%error, "commands beside this server go by their own settings to find it");
    }
    let stopped = stop_signal();
    say(format_args!("Sealdrop is at {}", address(config, running.addr)));
    stopped.await;
    tracing::info!("ending: no new requests, running ones may finish");
    running.stop().await;
    ExitCode::SUCCESS
}

/// What people open.
fn address(config: &Config, listening: SocketAddr) -> String {
    match &config.http.public_url {
        Some(url) => url.to_string(),
        None => format!(
            "http://{}/",
            SocketAddr::new(loopback_of(listening.ip()), listening.port())
        ),
    }
}
