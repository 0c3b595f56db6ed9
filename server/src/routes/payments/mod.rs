//! What the payment provider asks: reports of events, and browsers that come back from its page. Neither is for users' programs, so neither
//! is part of the API; what proves them is the provider's signature. Without keys they are not there.

mod callback;
mod webhook;

use axum::{
    Router,
    middleware::from_fn,
    routing::{MethodRouter, get, post},
};

use crate::{
    middleware::limits::time_out,
    payments::{CALLBACK_PATH, WEBHOOK_PATH},
    state::AppState,
};

fn handlers() -> [(&'static str, MethodRouter<AppState>); 2] {
    [
        (WEBHOOK_PATH, post(webhook::handle)),
        (CALLBACK_PATH, get(callback::handle)),
    ]
}

/// Where they are.
pub(super) fn paths() -> Vec<&'static str> {
    handlers().into_iter().map(|(path, _)| path).collect()
}

pub(super) fn routes() -> Router<AppState> {
    handlers()
        .into_iter()
        .fold(Router::new(), |router, (path, handler)| router.route(path, handler))
        .layer(from_fn(time_out))
}
