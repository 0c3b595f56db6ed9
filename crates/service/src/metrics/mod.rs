//! Numbers for an operator's Prometheus: what there is, and where it is counted.
//!
//! Every metric is an entry of [`METRICS`], with all values that its labels may have: nothing that a stranger chooses becomes a
//! label, so the number of series is known before the first request. The facade `metrics` counts; where the process has
//! installed no recorder, counting does nothing.

pub(crate) mod bucket;
pub(crate) mod count;
mod info;
mod list;
mod stats;

pub use info::{Labels, Metric, MetricKind};
pub use list::METRICS;
pub use stats::Stats;
