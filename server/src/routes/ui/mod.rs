//! Forms of pages that work without JavaScript: they post urlencoded, and lead back to a page. The layer against other sites stands in
//! front of them as in front of the API; what went wrong is one name in a cookie that the next page takes.

mod answer;
mod ask_code;
mod billing;
mod form;
mod other_address;
mod sign_in;
mod sign_out;

use axum::{
    Router,
    middleware::from_fn,
    routing::{MethodRouter, post},
};

use crate::{middleware::limits::time_out, state::AppState};

/// Each with its handler. All are for anybody: what they do is decided by the cookies that come along.
fn handlers() -> [(&'static str, MethodRouter<AppState>); 7] {
    [
        ("/_ui/billing/order", post(billing::order)),
        ("/_ui/billing/cancel-order", post(billing::cancel_order)),
        ("/_ui/billing/cancel-plan", post(billing::cancel_plan)),
        ("/_ui/sign-in/code", post(ask_code::handle)),
        ("/_ui/sign-in/other", post(other_address::handle)),
        ("/_ui/sign-in/session", post(sign_in::handle)),
        ("/_ui/sign-out", post(sign_out::handle)),
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
