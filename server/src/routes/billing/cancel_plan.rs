//! `DELETE account/plans/{plan}`: the user will not buy a plan again.

use axum::extract::{Path, State};
use http::StatusCode;
use sealdrop_api::{ProblemType, account::Scope, billing::CancelPlan};

use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<CancelPlan>(
        "cancel_plan",
        "Stops reminders of a plan and ends what is open for it. What was paid for stays to its end.",
    )
    .needs_scope(Scope::Manage)
    .answers_nothing()
    .refuses(&[ProblemType::PlanNotFound])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    Path(plan): Path<String>,
) -> Answer<StatusCode> {
    state.service.cancel_plan(&signed, &plan).await?;
    Ok(StatusCode::NO_CONTENT)
}
