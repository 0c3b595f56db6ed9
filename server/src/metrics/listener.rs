//! The listener of the metrics: `GET /metrics`, and nothing else.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use metrics::gauge;
use metrics_exporter_prometheus::PrometheusHandle;
use sealdrop_service::{Readiness, Service, metrics::Stats};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{
    latest::Latest,
    list::{FRESH, READY},
    process::show_process,
};
use crate::{
    listen::{Bounds, DRAIN_TIMEOUT, SwappableRouter, listen},
    payments::Payments,
};

/// Between two tidyings of what was counted since the last scrape.
const TIDY_EVERY: Duration = Duration::from_secs(5);
/// How long the bucket is waited for: less than a scrape waits, so that the rest is shown as well.
const BUCKET_PATIENCE: Duration = Duration::from_secs(1);
/// Text format 0.0.4 of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a scrape asks.
struct Sources {
    handle: PrometheusHandle,
    service: Service,
    payments: Option<Arc<Payments>>,
    stats: Arc<Latest<Stats>>,
    readiness: Arc<Latest<Readiness>>,
}

/// Listens for scrapes until `stop`.
///
/// # Errors
/// When the address cannot be listened on.
pub(crate) async fn serve_metrics(
    addr: SocketAddr,
    handle: PrometheusHandle,
    service: Service,
    payments: Option<Arc<Payments>>,
    stop: CancellationToken,
) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(addr).await?;
    let addr = listener.local_addr()?;
    let tidied = handle.clone();
    let sources = Arc::new(Sources {
        handle,
        service,
        payments,
        stats: Latest::new(),
        readiness: Latest::new(),
    });
    let scrape = move || {
        let sources = Arc::clone(&sources);
        async move {
            (
                [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")],
                sources.scrape().await,
            )
        }
    };
    let router = SwappableRouter::new(Router::new().route("/metrics", get(scrape)), stop.clone());
    let bounds = Bounds::of_metrics(addr.ip());
    let task = tokio::spawn(async move {
        let stopped = stop.clone();
        tokio::select! {
            () = listen(listener, router, bounds, DRAIN_TIMEOUT, stop) => {}
            () = tidy(tidied, stopped) => {}
        }
    });
    Ok((addr, task))
}

/// Measured times are kept one by one until they are put into their buckets: that must not wait for somebody who scrapes.
async fn tidy(handle: PrometheusHandle, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::time::sleep(TIDY_EVERY).await;
        handle.run_upkeep();
    }
    // The listener says when it is over.
    std::future::pending::<()>().await;
}

impl Sources {
    async fn scrape(&self) -> String {
        show_process();
        self.service.show_process();
        let stats = self.stats.get(|| {
            let service = self.service.clone();
            async move { service.stats().await.ok() }
        });
        let readiness = self.readiness.get(|| {
            let service = self.service.clone();
            async move { Some(service.readiness_within(BUCKET_PATIENCE).await) }
        });
        let (stats, readiness) = tokio::join!(stats, readiness);
        gauge!(FRESH, "source" => "database").set(one(stats.is_some()));
        gauge!(FRESH, "source" => "readiness").set(one(readiness.is_some()));
        if let Some(stats) = stats {
            self.service.show_stats(&stats);
        }
        if let Some(readiness) = readiness {
            show_readiness(&readiness);
        }
        let refused = self.payments.as_ref().and_then(|payments| payments.refused.finding());
        gauge!(READY, "part" => "payments").set(one(refused.is_none()));
        self.handle.render()
    }
}

fn show_readiness(readiness: &Readiness) {
    let jobs = readiness.failed_jobs.is_empty() && readiness.overdue_jobs.is_empty();
    for (part, is_well) in [
        ("server", readiness.is_ready()),
        ("database", readiness.database.is_ok()),
        ("bucket", readiness.bucket.is_ok()),
        ("clock", readiness.clock == sealdrop_service::ClockState::Trusted),
        ("expiry", readiness.expiry.is_ok()),
        ("mail", readiness.mail.is_ok()),
        ("jobs", jobs),
        ("auth", readiness.auth_secret.is_ok()),
    ] {
        gauge!(READY, "part" => part).set(one(is_well));
    }
}

fn one(is_well: bool) -> f64 {
    if is_well { 1.0 } else { 0.0 }
}
