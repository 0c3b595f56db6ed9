//! The reference of the metrics, made from their list.

use std::fmt::Write as _;

use sealdrop_service::metrics::Labels;

use super::list::all_metrics;

/// How to make the page again.
pub const REGENERATE_METRICS: &str = "cargo run -p sealdrop-server -- docs metrics > docs/reference/metrics.md";

/// The page as Markdown.
#[must_use]
pub fn metrics_reference() -> String {
    let mut page = format!(
        "# Metrics\n\n<!-- Generated: {REGENERATE_METRICS} -->\n\n\
         What a server shows at `/metrics` of its own listener, in the text format of Prometheus, when `SEALDROP_METRICS_LISTEN` is set. How\n\
         to set that up, and which alerts there are, is on the page about [operations](../guide/operations.md). No label holds an id, an\n\
         address, a file name, a path or anything else that a visitor chose.\n\n\
         A histogram is three metrics to Prometheus: its name with `_bucket`, `_sum` and `_count`.\n\n"
    );
    // A list: names in the columns of a table would be broken in the middle.
    for metric in all_metrics() {
        let _ = write!(
            page,
            "- **`{}`** ({}): {}",
            metric.name,
            metric.kind.as_str(),
            metric.about
        );
        for one in metric.labels {
            let _ = write!(page, "\n    - {}", label(one));
        }
        page.push('\n');
    }
    page
}

fn label(labels: &Labels) -> String {
    match labels {
        Labels::Closed(name, values) => {
            let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
            format!("`{name}`: {}", values.join(", "))
        }
        Labels::Listed(name, what) => format!("`{name}`: {what}"),
    }
}
