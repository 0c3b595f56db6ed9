//! `POST links/{link_id}/claims/{claim_id}/release`: gives the place back.

use axum::{Json, extract::State};
use sealdrop_api::{
    ClaimId, LinkId, ProblemType,
    claims::{ClaimProgress, Release, ReleaseClaim},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Ids, JsonBody},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<ReleaseClaim>(
        "release_claim",
        "Gives the place back, after a download that was cancelled or failed, or whose page was left.",
    )
    .needs_auth()
    .takes_body()
    .answers(200)
    .refuses(&[
        ProblemType::LinkNotFound,
        ProblemType::LinkExpired,
        ProblemType::LinkExhausted,
        ProblemType::LinkRevoked,
        ProblemType::LinkRemoved,
        ProblemType::ClaimNotFound,
        ProblemType::ClaimEnded,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Ids(link_id, claim_id): Ids<LinkId, ClaimId>,
    JsonBody(release): JsonBody<Release>,
) -> Answer<Json<ClaimProgress>> {
    Ok(Json(state.service.release_claim(link_id, claim_id, release).await?))
}
