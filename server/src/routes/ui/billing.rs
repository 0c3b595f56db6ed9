//! `POST /_ui/billing/…`: ordering a plan and cancelling, from pages that work without JavaScript. Where nothing is sold there are none.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode};
use sealdrop_api::{OrderId, ProblemType};
use sealdrop_app::Notice;
use sealdrop_service::{Caller, ServiceError, Signed};

use super::{
    answer::{Back, SIGN_IN},
    form::Form,
};
use crate::{extract::credentials_of, middleware::identify::with_session, state::AppState};

const PLANS: &str = "/plans";
const BILLING: &str = "/billing";

/// Begins to buy a plan, and leads to the page that names the price and links to the payment page. Chromium holds `form-action` against
/// redirects too, so no form leads to another origin itself.
pub(super) async fn order(State(state): State<AppState>, headers: HeaderMap, form: Form) -> Response {
    acted(&state, &headers, PLANS, async |signed| {
        let plan = form.field("plan").unwrap_or_default();
        match state.service.start_order(signed, plan).await {
            Ok(order) => (format!("{BILLING}?pay={}", order.order_id), None),
            Err(error) => (PLANS.to_owned(), Some(notice_of(error))),
        }
    })
    .await
}

/// Takes an order back.
pub(super) async fn cancel_order(State(state): State<AppState>, headers: HeaderMap, form: Form) -> Response {
    acted(&state, &headers, BILLING, async |signed| {
        let Some(order) = form.field("order").and_then(|order| order.parse::<OrderId>().ok()) else {
            return (BILLING.to_owned(), Some(Notice::Away));
        };
        let notice = match state.service.cancel_order(signed, order).await {
            Ok(()) => Notice::OrderCancelled,
            Err(error) => notice_of(error),
        };
        (BILLING.to_owned(), Some(notice))
    })
    .await
}

/// The user will not buy a plan again.
pub(super) async fn cancel_plan(State(state): State<AppState>, headers: HeaderMap, form: Form) -> Response {
    acted(&state, &headers, BILLING, async |signed| {
        let plan = form.field("plan").unwrap_or_default();
        let notice = match state.service.cancel_plan(signed, plan).await {
            Ok(()) => Notice::PlanCancelled,
            Err(error) => notice_of(error),
        };
        (BILLING.to_owned(), Some(notice))
    })
    .await
}

/// Does something for who is signed in, and leads to a page; anybody else is led to signing in and back to `from`.
async fn acted(
    state: &AppState,
    headers: &HeaderMap,
    from: &str,
    act: impl AsyncFnOnce(&Signed) -> (String, Option<Notice>),
) -> Response {
    if state.payments.is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let cookies = state.outside.cookies();
    let (calling, renewed) = match state.service.who(&credentials_of(headers, cookies)).await {
        Ok(found) => found,
        Err(error) => {
            let notice = cookies.keep_notice(notice_of(error).name());
            return Back::to(from).with(notice.ok()).answer();
        }
    };
    let answer = match calling {
        Caller::User(signed) if signed.is_session() => {
            let (to, notice) = act(&signed).await;
            let notice = notice.and_then(|notice| cookies.keep_notice(notice.name()).ok());
            Back::to(to).with(notice).answer()
        }
        _ => {
            let next = cookies.keep_next(from.trim_start_matches('/'));
            Back::to(SIGN_IN).with(next.ok()).answer()
        }
    };
    match renewed {
        Some(token) => with_session(answer, cookies, &token),
        None => answer,
    }
}

fn notice_of(error: ServiceError) -> Notice {
    if let ServiceError::Internal(inside) = &error {
        tracing::error!(error = %inside, "an operation failed");
    }
    match error.into_problem().kind {
        ProblemType::PlanNotFound => Notice::PlanGone,
        ProblemType::OrderPaid => Notice::OrderPaid,
        _ => Notice::Away,
    }
}
