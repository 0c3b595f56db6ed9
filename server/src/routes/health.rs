//! `/healthz` and `/readyz`: whether the process lives, and whether it can work.

use std::time::{Duration, Instant};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use sealdrop_service::ClockState;
use serde_json::json;

use crate::state::AppState;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// How long the bucket is waited for. What asks is a proxy or a platform, and takes a late answer for none.
const PATIENCE: Duration = Duration::from_secs(1);

/// 503 if this one server cannot serve: it was told to end, its database does not answer or takes no writes, or its clock is wrong. All else that is not
/// as it should be is named at 200, because no other server would do better. What exactly is wrong is for the log.
pub(super) async fn ready(State(state): State<AppState>) -> Response {
    // Nothing is asked: what stands in front has few seconds to hear it.
    if state.draining.is_cancelled() {
        return not_ready(json!({ "draining": true }));
    }
    let readiness = state.service.readiness_within(PATIENCE).await;
    let said = |part: &'static str, result: &Result<(), String>| match result {
        Ok(()) => "ok",
        Err(error) => {
            tracing::warn!(part, error, "not as it should be");
            "failed"
        }
    };
    let mut body = json!({
        "database": said("database", &readiness.database),
        "bucket": said("bucket", &readiness.bucket),
        "clock": match &readiness.clock {
            ClockState::Trusted => "ok",
            ClockState::Doubted(why) => {
                tracing::warn!(part = "clock", why, "doubted");
                "doubted"
            }
            ClockState::Wrong(why) => {
                tracing::warn!(part = "clock", why, "not ready");
                "failed"
            }
        },
        "expiry": match &readiness.expiry {
            Ok(()) => "ok",
            Err(why) => {
                tracing::warn!(part = "expiry", why, "held");
                "held"
            }
        },
    });
    // Named only where there are any: an operator looks, and requests are served.
    if !readiness.failed_jobs.is_empty() {
        tracing::warn!(part = "jobs", kinds = ?readiness.failed_jobs, "failed ten times");
        body["failed_jobs"] = json!(readiness.failed_jobs);
    }
    if !readiness.overdue_jobs.is_empty() {
        tracing::warn!(part = "jobs", kinds = ?readiness.overdue_jobs, "no worker runs them");
        body["overdue_jobs"] = json!(readiness.overdue_jobs);
    }
    if let Err(why) = &readiness.mail {
        tracing::warn!(part = "mail", why, "no mail goes out as it should");
        body["mail"] = json!(why);
    }
    let refused = state.payments.as_ref().and_then(|payments| payments.refused.finding());
    if let Some(why) = refused.or_else(|| readiness.webhook.clone().err()) {
        body["payments"] = json!(why);
    }
    if let Err(why) = &readiness.storage {
        tracing::warn!(part = "storage", why, "bucket and database differ");
        body["storage"] = json!(why);
    }
    if let Err(why) = &readiness.auth_secret {
        tracing::warn!(part = "auth", why, "servers disagree");
        body["auth"] = json!(why);
    }
    if let Some(why) = state.outside.unnamed_proxy.warning(Instant::now()) {
        body["proxy"] = json!(why);
    }
    if readiness.is_ready() {
        return Json(body).into_response();
    }
    not_ready(body)
}

fn not_ready(body: serde_json::Value) -> Response {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
