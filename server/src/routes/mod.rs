//! The routes, one in each file: each describes itself for the OpenAPI document and for the tests, and names its handler.

mod account;
mod auth;
mod billing;
mod claims;
mod links;
mod payments;
mod route;
mod ui;
mod uploads;

mod brevo_events;
mod csp_report;
mod get_limits;
mod health;
mod unsubscribe;

pub use crate::access::Caller;
pub use route::{Route, SchemaOf};

use axum::{
    Extension, Router,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse as _,
    routing::{MethodRouter, any, get, post},
};
use sealdrop_api::ProblemType;
use sealdrop_service::UNSUBSCRIBE_PATH;

use crate::{
    mail::{KEPT_PATH, show_kept},
    middleware::{auth_throttle::throttle_auth, csp::REPORT_PATH, identify::identify, limits::time_out},
    problem::ProblemResponse,
    state::AppState,
};

/// Every route of the API. The router, the OpenAPI document and the access tests are made from this list.
#[must_use]
pub fn api_routes() -> Vec<Route> {
    vec![
        get_limits::route(),
        uploads::reserve::route(),
        uploads::get::route(),
        uploads::delete::route(),
        uploads::list_parts::route(),
        uploads::sign_parts::route(),
        uploads::complete::route(),
        links::create::route(),
        links::list::route(),
        links::get::route(),
        links::events::route(),
        links::change::route(),
        links::revoke::route(),
        links::open::route(),
        claims::create::route(),
        claims::sign_objects::route(),
        claims::commit::route(),
        claims::release::route(),
        auth::ask_code::route(),
        auth::get_challenge::route(),
        auth::sign_in::route(),
        auth::list_sessions::route(),
        auth::sign_out::route(),
        auth::end_session::route(),
        auth::step_up::route(),
        account::get::route(),
        account::change::route(),
        account::close::route(),
        account::export::route(),
        account::list_tokens::route(),
        account::create_token::route(),
        account::revoke_token::route(),
        brevo_events::route(),
        billing::list_plans::route(),
        billing::list_orders::route(),
        billing::create_order::route(),
        billing::get_order::route(),
        billing::cancel_order::route(),
        billing::list_invoices::route(),
        billing::get_invoice::route(),
        billing::cancel_plan::route(),
    ]
}

/// Everything below `/api`: also what is not there answers with a problem.
pub(crate) fn api(state: &AppState) -> Router<AppState> {
    let not_found = || any(|| async { ProblemResponse::from(ProblemType::NotFound) });
    let mut router = Router::new()
        .route("/api", not_found())
        .route("/api/", not_found())
        .route("/api/{*rest}", not_found());
    for route in api_routes() {
        let takes = Extension(route.takes());
        let handler = route
            .handler
            .route_layer(from_fn_with_state(state.clone(), throttle_auth))
            .route_layer(from_fn_with_state(state.clone(), identify));
        router = router.route(route.path, handler.route_layer(takes));
    }
    router
        .method_not_allowed_fallback(|| async { ProblemResponse::from(ProblemType::MethodNotAllowed).into_response() })
        .layer(from_fn(time_out))
}

/// Where forms of pages post to, for the access tests.
#[must_use]
pub fn form_paths() -> Vec<&'static str> {
    ui::paths()
}

/// Forms of pages, for browsers without a program.
pub(crate) fn ui_routes() -> Router<AppState> {
    ui::routes()
}

/// What the payment provider asks, for the access tests: its signature is its proof.
#[must_use]
pub fn payment_paths() -> Vec<&'static str> {
    payments::paths()
}

/// What the payment provider asks.
pub(crate) fn payment_routes() -> Router<AppState> {
    payments::routes()
}

/// What machines ask besides the API, without saying who they are.
fn ops_handlers() -> [(&'static str, MethodRouter<AppState>); 5] {
    [
        ("/healthz", get(health::alive)),
        ("/readyz", get(health::ready)),
        (REPORT_PATH, post(csp_report::handle)),
        // The token of the data folder is asked for by the handler.
        (KEPT_PATH, get(show_kept)),
        // Mail programs, with a token in the address.
        (
            UNSUBSCRIBE_PATH,
            get(unsubscribe::change_nothing).post(unsubscribe::handle),
        ),
    ]
}

/// Where they are, for the access tests.
#[must_use]
pub fn ops_paths() -> Vec<&'static str> {
    ops_handlers().into_iter().map(|(path, _)| path).collect()
}

pub(crate) fn ops_routes() -> Router<AppState> {
    ops_handlers()
        .into_iter()
        .fold(Router::new(), |router, (path, handler)| router.route(path, handler))
        .layer(from_fn(time_out))
}
