//! The metrics of this crate; those of the service are beside them in the reference.

use sealdrop_service::metrics::{
    Labels::{Closed, Listed},
    METRICS, Metric,
    MetricKind::{Counter, Gauge, Histogram},
};

pub(super) const REQUESTS: &str = "sealdrop_http_requests_total";
pub(super) const REQUEST_SECONDS: &str = "sealdrop_http_request_seconds";
pub(crate) const CONNECTIONS: &str = "sealdrop_http_connections";
pub(crate) const CONNECTIONS_REFUSED: &str = "sealdrop_http_connections_refused_total";
pub(crate) const PAYMENT_EVENTS: &str = "sealdrop_payment_events_total";
pub(super) const READY: &str = "sealdrop_ready";
pub(super) const FRESH: &str = "sealdrop_metrics_fresh";
pub(super) const BUILD: &str = "sealdrop_build_info";
pub(super) const MEMORY: &str = "process_resident_memory_bytes";
pub(super) const FILES: &str = "process_open_fds";
pub(super) const STARTED: &str = "process_start_time_seconds";

pub(super) const METHODS: &[&str] = &["get", "head", "post", "put", "patch", "delete", "options", "other"];
pub(super) const CLASSES: &[&str] = &["1xx", "2xx", "3xx", "4xx", "5xx"];
/// What `/readyz` speaks of.
pub(super) const PARTS: &[&str] = &[
    "server", "database", "bucket", "clock", "expiry", "mail", "jobs", "auth", "payments",
];

const ROUTE: &str =
    "the template of a route, such as `/api/v1/links/{link_id}`; `other` for files and for what is not there";

const OWN: &[Metric] = &[
    Metric {
        name: REQUESTS,
        kind: Counter,
        about: "Requests that were answered.",
        labels: &[
            Listed("route", ROUTE),
            Closed("method", METHODS),
            Closed("status", CLASSES),
        ],
    },
    Metric {
        name: REQUEST_SECONDS,
        kind: Histogram,
        about: "Seconds until the head of the answer was there.",
        labels: &[Listed("route", ROUTE), Closed("method", METHODS)],
    },
    Metric {
        name: CONNECTIONS,
        kind: Gauge,
        about: "Connections that are open.",
        labels: &[Closed("listener", &["public", "metrics"])],
    },
    Metric {
        name: CONNECTIONS_REFUSED,
        kind: Counter,
        about: "Connections that were turned away because no slot was free.",
        labels: &[Closed("listener", &["public", "metrics"])],
    },
    Metric {
        name: READY,
        kind: Gauge,
        about: "1 where a part of `/readyz` is well, 0 where it names a finding; `server` is 1 if `/readyz` answers 200.",
        labels: &[Closed("part", PARTS)],
    },
    Metric {
        name: FRESH,
        kind: Gauge,
        about: "1 if what was asked for these metrics answered in time; at 0 the numbers of that source are the last ones that are known.",
        labels: &[Closed("source", &["database", "readiness"])],
    },
    Metric {
        name: PAYMENT_EVENTS,
        kind: Counter,
        about: "Events of the payment provider: taken, or refused for a wrong signature.",
        labels: &[Closed("outcome", &["taken", "wrong_signature"])],
    },
    Metric {
        name: BUILD,
        kind: Gauge,
        about: "Always 1, with the version of the program.",
        labels: &[Listed("version", "the version")],
    },
    Metric {
        name: MEMORY,
        kind: Gauge,
        about: "Memory of this process as the operating system counts it (Linux).",
        labels: &[],
    },
    Metric {
        name: FILES,
        kind: Gauge,
        about: "Files and sockets that this process holds open (Linux).",
        labels: &[],
    },
    Metric {
        name: STARTED,
        kind: Gauge,
        about: "When this process began to count, in seconds since 1970 UTC.",
        labels: &[],
    },
];

/// Every metric that a server shows.
pub fn all_metrics() -> impl Iterator<Item = &'static Metric> {
    OWN.iter().chain(METRICS)
}
