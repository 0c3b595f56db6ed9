//! `POST links/{link_id}/claims/{claim_id}/commit`: counts a verified download.

use axum::{Json, extract::State};
use sealdrop_api::{
    ClaimId, LinkId,
    claims::{ClaimProgress, CommitClaim},
    links::Proof,
};

use crate::routes::route::{OF_A_CLAIM, Route, describe};
use crate::{
    extract::{Ids, JsonBody},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<CommitClaim>(
        "commit_claim",
        "The download is complete and verified: counts it, once.",
    )
    .needs_auth()
    .takes_body()
    .answers(200)
    .refuses(OF_A_CLAIM)
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Ids(link_id, claim_id): Ids<LinkId, ClaimId>,
    JsonBody(proof): JsonBody<Proof>,
) -> Answer<Json<ClaimProgress>> {
    Ok(Json(state.service.commit_claim(link_id, claim_id, &proof.auth).await?))
}
