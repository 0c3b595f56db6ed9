//! `GET plans`: what is sold.

use axum::{Json, extract::State};
use sealdrop_api::billing::{ListPlans, PlanList};

use crate::routes::route::{Route, describe};
use crate::{problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<ListPlans>(
        "list_plans",
        "What is sold, the cheapest first; nothing where the server takes no money.",
    )
    .answers(200)
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>) -> Answer<Json<PlanList>> {
    Ok(Json(state.service.list_plans().await?))
}
