//! `POST links/{link_id}/claims`: takes a place.

use axum::{Json, extract::State};
use http::StatusCode;
use sealdrop_api::{
    LinkId, ProblemType,
    claims::{ClaimStatus, CreateClaim, NewClaim},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, JsonBody},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<CreateClaim>(
        "create_claim",
        "Takes a place on a link. Repeating it with the same id takes no second one. With link-busy, Retry-After says when the first lease ends.",
    )
    .needs_auth()
    .takes_body()
    .answers(201)
    .refuses(&[
        ProblemType::LinkNotFound,
        ProblemType::LinkExpired,
        ProblemType::LinkExhausted,
        ProblemType::LinkRevoked,
        ProblemType::LinkRemoved,
        ProblemType::LinkPaused,
        ProblemType::LinkBusy,
        ProblemType::ClaimEnded,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Id(link_id): Id<LinkId>,
    JsonBody(new): JsonBody<NewClaim>,
) -> Answer<(StatusCode, Json<ClaimStatus>)> {
    Ok((
        StatusCode::CREATED,
        Json(state.service.create_claim(link_id, new).await?),
    ))
}
