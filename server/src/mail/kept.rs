//! `GET /_operator/mails`: what the memory transport kept, for who has the operator's token.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, header};
use sealdrop_api::ProblemType;

use crate::{problem::ProblemResponse, state::AppState};

/// Where it is.
pub(crate) const KEPT_PATH: &str = "/_operator/mails";

/// The mails, the newest first. Without the token it is as if there were no such path, and where mail leaves there is none.
pub(crate) async fn show_kept(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match (&state.kept_mails, given) {
        (Some((memory, token)), Some(given)) if token.is(given) => {
            let mut response = Json(memory.kept()).into_response();
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
            response
        }
        _ => (StatusCode::NOT_FOUND, ProblemResponse::from(ProblemType::NotFound)).into_response(),
    }
}
