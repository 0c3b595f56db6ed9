//! Every metric of this crate.

use super::info::{
    Labels::{Closed, Listed},
    Metric,
    MetricKind::{Counter, Gauge, Histogram},
};

pub(super) const SIGNED: &str = "sealdrop_presigned_urls_total";
pub(super) const UPLOADS: &str = "sealdrop_uploads_total";
pub(super) const UPLOAD_BYTES: &str = "sealdrop_upload_bytes_total";
pub(super) const LINKS: &str = "sealdrop_links_total";
pub(super) const CLAIMS: &str = "sealdrop_claims_total";
pub(super) const JOB_RUNS: &str = "sealdrop_job_runs_total";
pub(super) const MAILS: &str = "sealdrop_mails_total";
pub(super) const BUCKET_SECONDS: &str = "sealdrop_bucket_request_seconds";
pub(super) const BUCKET_ERRORS: &str = "sealdrop_bucket_errors_total";
pub(super) const JOBS: &str = "sealdrop_jobs";
pub(super) const JOB_WAIT: &str = "sealdrop_job_oldest_seconds";
pub(super) const JOBS_FAILED: &str = "sealdrop_job_kinds_failed";
pub(super) const JOBS_OVERDUE: &str = "sealdrop_job_kinds_overdue";
pub(super) const MAILS_WAITING: &str = "sealdrop_mails_waiting";
pub(super) const MAIL_OPEN: &str = "sealdrop_mail_circuit_open";
pub(super) const OPEN_UPLOADS: &str = "sealdrop_open_uploads";
pub(super) const OPEN_BYTES: &str = "sealdrop_open_upload_bytes";
pub(super) const ORDERS: &str = "sealdrop_orders";
pub(super) const ORDERS_LATE: &str = "sealdrop_order_look_late_seconds";
pub(super) const REFUNDS_OWED: &str = "sealdrop_refunds_owed";
pub(super) const WEBHOOK_SILENT: &str = "sealdrop_payment_webhook_silent";
pub(super) const DIFFERING: &str = "sealdrop_objects_differing";
pub(super) const POOL: &str = "sealdrop_database_connections";

/// Where an order stands.
pub(super) const ORDER_STATES: &[&str] = &["new", "open", "cancelling", "cancelled", "expired", "paid"];
/// Where a job stands that is not done.
pub(super) const JOB_STATES: &[&str] = &["waiting", "running", "dead"];
/// What the server asks its bucket.
pub(super) const OPERATIONS: &[&str] = &[
    "HeadBucket",
    "CreateBucket",
    "CreateMultipartUpload",
    "ListParts",
    "ListMultipartUploads",
    "ListObjectsV2",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "HeadObject",
    "GetObject",
    "PutObject",
    "DeleteObject",
    "other",
];

const OF_A_KIND: &str = "a kind of background job, or `other` for one that this version does not know";

/// Every metric of this crate, in the order of the reference.
pub const METRICS: &[Metric] = &[
    Metric {
        name: SIGNED,
        kind: Counter,
        about: "Presigned URLs that were handed out.",
        labels: &[Closed("method", &["get", "put"])],
    },
    Metric {
        name: UPLOADS,
        kind: Counter,
        about: "Objects that were reserved, and that arrived whole.",
        labels: &[Closed("event", &["reserved", "committed"])],
    },
    Metric {
        name: UPLOAD_BYTES,
        kind: Counter,
        about: "Sealed bytes of them. What a pipe will hold is not known when it is reserved.",
        labels: &[Closed("event", &["reserved", "committed"])],
    },
    Metric {
        name: OPEN_UPLOADS,
        kind: Gauge,
        about: "Objects that no link has taken yet. From the database.",
        labels: &[],
    },
    Metric {
        name: OPEN_BYTES,
        kind: Gauge,
        about: "Sealed bytes of them: announced, or signed and not arrived (`promised`). From the database.",
        labels: &[Closed("of", &["announced", "promised"])],
    },
    Metric {
        name: DIFFERING,
        kind: Gauge,
        about: "Objects that only the bucket has (`unknown`) or only the database (`missing`), as the last comparison saw them, and unknown ones that are held because they are many (`held`). From the database.",
        labels: &[Closed("in", &["unknown", "missing", "held"])],
    },
    Metric {
        name: LINKS,
        kind: Counter,
        about: "Links that were made, and that their owners ended.",
        labels: &[Closed("event", &["created", "revoked"])],
    },
    Metric {
        name: CLAIMS,
        kind: Counter,
        about: "Downloads and previews that were begun, that ended well, and that were given back.",
        labels: &[
            Closed("event", &["created", "committed", "released"]),
            Closed("purpose", &["download", "preview"]),
        ],
    },
    Metric {
        name: JOBS,
        kind: Gauge,
        about: "Background jobs that are not done. From the database.",
        labels: &[Listed("kind", OF_A_KIND), Closed("state", JOB_STATES)],
    },
    Metric {
        name: JOB_WAIT,
        kind: Gauge,
        about: "Seconds since the oldest job that waits was due; 0 if none is. From the database.",
        labels: &[Listed("kind", OF_A_KIND)],
    },
    Metric {
        name: JOBS_FAILED,
        kind: Gauge,
        about: "Kinds of jobs of which one is dead, or that come again and failed ten times in a row. `/readyz` names them. From the database.",
        labels: &[],
    },
    Metric {
        name: JOBS_OVERDUE,
        kind: Gauge,
        about: "Kinds of periodic jobs that no worker ran, ten minutes after they were due. From the database.",
        labels: &[],
    },
    Metric {
        name: JOB_RUNS,
        kind: Counter,
        about: "Runs of background jobs in this process, by how they ended.",
        labels: &[
            Listed("kind", OF_A_KIND),
            Closed("outcome", &["done", "failed", "dead", "lost", "stopped"]),
        ],
    },
    Metric {
        name: MAILS,
        kind: Counter,
        about: "Mails that this process sent, that it will try again (`delayed`), that were given up, and that were no news any more.",
        labels: &[Closed("outcome", &["sent", "delayed", "failed", "expired"])],
    },
    Metric {
        name: MAILS_WAITING,
        kind: Gauge,
        about: "Mails that wait for a worker, or for their next try. From the database.",
        labels: &[],
    },
    Metric {
        name: MAIL_OPEN,
        kind: Gauge,
        about: "1 while mail does not leave this process as it should: the provider lets none through, or none is configured.",
        labels: &[],
    },
    Metric {
        name: BUCKET_SECONDS,
        kind: Histogram,
        about: "Seconds that the bucket took to answer this process, each try for itself.",
        labels: &[Closed("operation", OPERATIONS)],
    },
    Metric {
        name: BUCKET_ERRORS,
        kind: Counter,
        about: "Calls to the bucket that failed after all tries. `missing`, `no_such_upload` and `exists` belong to normal work.",
        labels: &[Closed(
            "kind",
            &[
                "away",
                "refused",
                "skewed",
                "invalid_part",
                "missing",
                "no_such_upload",
                "exists",
            ],
        )],
    },
    Metric {
        name: ORDERS,
        kind: Gauge,
        about: "Orders, by where they stand. From the database.",
        labels: &[Closed("state", ORDER_STATES)],
    },
    Metric {
        name: ORDERS_LATE,
        kind: Gauge,
        about: "Seconds by which the reconciler is late to ask the payment provider about an order; 0 if it is not. From the database.",
        labels: &[],
    },
    Metric {
        name: REFUNDS_OWED,
        kind: Gauge,
        about: "Refunds that are owed and not confirmed by the payment provider. From the database.",
        labels: &[],
    },
    Metric {
        name: WEBHOOK_SILENT,
        kind: Gauge,
        about: "1 while payments are found that no event of the provider told of for six hours. From the database.",
        labels: &[],
    },
    Metric {
        name: POOL,
        kind: Gauge,
        about: "Connections of this process to the database.",
        labels: &[Closed("state", &["idle", "in_use"])],
    },
];
