//! The recorder: what is counted goes into it, what Prometheus reads comes out of it.

use std::{sync::OnceLock, time::Duration};

use metrics::gauge;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sealdrop_service::{Clock as _, SystemClock};

use super::list::{BUILD, STARTED, all_metrics};

/// Upper bounds of the histograms, in seconds.
const BUCKETS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// There is one in a process, because code counts without naming it.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting, once; later calls return the same handle.
pub(crate) fn start_recording() -> Result<PrometheusHandle, String> {
    let handle = RECORDER.get_or_init(|| {
        let now = SystemClock.now().unix_timestamp_nanos() / 1_000_000;
        let millis = u64::try_from(now).unwrap_or_default();
        let recorder = PrometheusBuilder::new().set_buckets(BUCKETS);
        let handle = recorder.and_then(PrometheusBuilder::install_recorder).ok()?;
        all_metrics().for_each(sealdrop_service::metrics::Metric::announce);
        gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        gauge!(STARTED).set(Duration::from_millis(millis).as_secs_f64());
        Some(handle)
    });
    handle
        .clone()
        .ok_or_else(|| "another recorder of metrics runs in this process".to_owned())
}
