//! `POST orders`: begins to buy a plan.

use axum::{Json, extract::State};
use http::StatusCode;
use sealdrop_api::{
    ProblemType,
    account::Scope,
    billing::{CreateOrder, NewOrder, Order},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{JsonBody, SignedUser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<CreateOrder>(
        "create_order",
        "Begins to buy a plan, or answers the order that is open for it. Its link to pay by is made in the background.",
    )
    .needs_scope(Scope::Manage)
    .takes_body()
    .answers(201)
    .refuses(&[ProblemType::PlanNotFound])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    JsonBody(new): JsonBody<NewOrder>,
) -> Answer<(StatusCode, Json<Order>)> {
    let order = state.service.start_order(&signed, &new.plan).await?;
    Ok((StatusCode::CREATED, Json(order)))
}
