//! `GET orders/{order_id}`: an order.

use axum::{Json, extract::State};
use sealdrop_api::{
    OrderId, ProblemType,
    account::Scope,
    billing::{GetOrder, Order},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, SignedUser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<GetOrder>(
        "get_order",
        "An order of the user: how far it is, and where it is paid.",
    )
    .needs_scope(Scope::Read)
    .answers(200)
    .refuses(&[ProblemType::OrderNotFound])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    Id(order_id): Id<OrderId>,
) -> Answer<Json<Order>> {
    Ok(Json(state.service.get_order(&signed, order_id).await?))
}
