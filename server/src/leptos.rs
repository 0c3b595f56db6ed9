//! Pages.

use axum::{Router, extract::Request, response::{Html, IntoResponse as _, Response}, routing::get};
use http::StatusCode;

use crate::state::AppState;

const NO_SITE: &str = "<!doctype html><meta charset=utf-8><title>Sealdrop</title><p>The web app is not built into this server: run <code>make site</code> and set <code>SEALDROP_SITE=target/site</code>.</p>\n";

pub(crate) fn pages(_: &AppState) -> Router<AppState> {
    Router::new()
        .route("/", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, Html(NO_SITE)) }))
}

pub(crate) async fn nothing_here(_: &AppState, _: Request) -> Response {
    (StatusCode::NOT_FOUND, Html(NO_SITE)).into_response()
}
