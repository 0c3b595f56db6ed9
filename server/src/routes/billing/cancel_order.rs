//! `DELETE orders/{order_id}`: takes an order back.

use axum::extract::State;
use http::StatusCode;
use sealdrop_api::{OrderId, ProblemType, account::Scope, billing::CancelOrder};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, SignedUser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<CancelOrder>(
        "cancel_order",
        "Ends the link that an order is paid by. What was paid is not lost by it.",
    )
    .needs_scope(Scope::Manage)
    .answers_nothing()
    .refuses(&[ProblemType::OrderNotFound, ProblemType::OrderPaid])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    Id(order_id): Id<OrderId>,
) -> Answer<StatusCode> {
    state.service.cancel_order(&signed, order_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
