//! `GET /payments/callback`: a browser comes back from the provider's page, with ids and a signature in the address. Whoever it is, and
//! however often it asks: at most the provider is asked what became of one order. It is led on at once to an address that has none of that.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use sealdrop_api::ProblemType;
use sealdrop_payments::LinkCallback;

use crate::{problem::ProblemResponse, state::AppState};

/// The page that says how far an order is. It waits until the server knows, and never says "failed" by itself.
const PAGE: &str = "/billing";

pub(super) async fn handle(
    State(state): State<AppState>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if state.payments.is_none() {
        return ProblemResponse::from(ProblemType::NotFound).into_response();
    }
    let callback = query.as_deref().and_then(LinkCallback::from_query);
    // What only looks ahead changes nothing; the browser asks again when somebody goes there.
    let Some(callback) = callback.filter(|_| method == Method::GET && !is_prefetch(&headers)) else {
        return lead_to(PAGE);
    };
    match state.service.note_payment_callback(&callback).await {
        Ok(order) => lead_to(&format!("{PAGE}?order={order}")),
        // Somebody else's, forged, or no database for a moment: the provider is asked by itself before long.
        Err(_) => lead_to(PAGE),
    }
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    let says = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains("prefetch") || value.contains("prerender"))
    };
    says("sec-purpose") || says("purpose") || says("x-moz")
}

/// Neither kept nor named to anybody: the address that is left had a signature in it.
fn lead_to(address: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(address) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
