//! `serve`: runs the server until it is told to end.

use std::{net::SocketAddr, process::ExitCode};

use tokio::signal;

use super::output::{fail, say};
use crate::{
    config::Config,
    site::Site,
    start::{loopback_of, start},
};

pub(super) async fn serve(config: &Config) -> ExitCode {
    let running = match start(config).await {
        Ok(running) => running,
        Err(error) => return fail(&error),
    };
    if matches!(Site::open(&config.site), Site::Missing) {
        tracing::warn!("no web app in this binary: build it with `make site`, then set SEALDROP_SITE=target/site");
    }
    if let Some(wrong) = config.http.uncounted_proxy() {
        tracing::warn!("{wrong}");
    }
    if !config.http.rate_limits {
        tracing::warn!("SEALDROP_RATE_LIMITS is off: guessing costs nothing");
    }
    say(format_args!("Sealdrop is at {}", address(config, running.addr)));
    ended().await;
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

async fn ended() {
    let interrupted = async {
        // Without signals there is nothing to wait for but the other one.
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
