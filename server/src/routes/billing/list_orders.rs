//! `GET orders`: the orders of the user.

use axum::{Json, extract::State};
use sealdrop_api::{
    account::Scope,
    billing::{ListOrders, OrderList},
};

use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<ListOrders>(
        "list_orders",
        "The orders of the user, the newest first, at most 100, and the plans that they have paid for.",
    )
    .needs_scope(Scope::Read)
    .answers(200)
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<Json<OrderList>> {
    Ok(Json(state.service.list_orders(&signed).await?))
}
