//! How long an answer may take, and what becomes of a panic.

use std::{any::Any, time::Duration};

use axum::{extract::Request, middleware::Next, response::IntoResponse, response::Response};
use sealdrop_api::ProblemType;

use crate::problem::ProblemResponse;

/// Longer than a body may take to arrive and a `complete` may wait together.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) async fn time_out(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("an operation took more than 60 seconds and was dropped");
            ProblemResponse::from(ProblemType::Unavailable).into_response()
        }
    }
}

/// The panic's text may hold anything, so it is neither sent nor logged here; the panic hook names the line of code.
pub(crate) fn answer_panic(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    ProblemResponse::from(ProblemType::Internal).into_response()
}
