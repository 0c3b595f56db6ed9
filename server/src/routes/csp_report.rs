//! `POST /_csp`: browsers say what the policy stopped. Only the directive's name is kept: addresses in a report are whatever
//! a page or an extension did, and are private.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::extract::{Request, State};
use http::StatusCode;
use serde_json::Value;

use crate::{extract::read_whole, problem::ProblemResponse, state::AppState};

/// Bytes of a batch of reports at most.
const MAX_REPORT_LEN: usize = 64 << 10;
/// The directives of our policy; anything else is counted as `other`, so that no client can fill the log with names.
const DIRECTIVES: &[&str] = &[
    "base-uri",
    "connect-src",
    "default-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "worker-src",
];

static COUNTS: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());

pub(super) async fn handle(State(state): State<AppState>, request: Request) -> Result<StatusCode, ProblemResponse> {
    let (_, body) = read_whole(request, &state, MAX_REPORT_LEN).await?;
    let Ok(report) = serde_json::from_slice::<Value>(&body) else {
        return Ok(StatusCode::BAD_REQUEST);
    };
    for directive in directives(&report) {
        let count = {
            let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(directive).or_default();
            *count += 1;
            *count
        };
        // The first, then every power of two: a broken page must not become a broken log.
        if count.is_power_of_two() {
            tracing::warn!(
                directive,
                count,
                "a browser reported that the content security policy stopped something"
            );
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Both forms: the Reporting API's list, and the older single object.
fn directives(report: &Value) -> Vec<&'static str> {
    let one = |entry: &Value| {
        let body = entry.get("body").or_else(|| entry.get("csp-report"))?;
        let name = body
            .get("effectiveDirective")
            .or_else(|| body.get("effective-directive"))?
            .as_str()?;
        Some(
            DIRECTIVES
                .iter()
                .find(|known| **known == name)
                .copied()
                .unwrap_or("other"),
        )
    };
    match report {
        Value::Array(entries) => entries.iter().take(32).filter_map(one).collect(),
        entry => one(entry).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn o12_only_names_that_we_know_are_kept() {
        let batch = json!([
            {"type": "csp-violation", "body": {"effectiveDirective": "script-src-elem", "documentURL": "https://x/#secret"}},
            {"type": "csp-violation", "body": {"effectiveDirective": "secret-src"}},
            {"type": "deprecation", "body": {"id": "x"}},
        ]);
        assert_eq!(directives(&batch), ["script-src-elem", "other"]);
        assert_eq!(
            directives(&json!({"csp-report": {"effective-directive": "img-src"}})),
            ["img-src"]
        );
        assert!(directives(&json!(7)).is_empty());
    }
}
