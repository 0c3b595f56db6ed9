//! `POST links/{link_id}/open`: the sealed payload.

use axum::{Json, extract::State};
use sealdrop_api::{
    LinkId, ProblemType,
    links::{OpenLink, OpenedLink, Proof},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, JsonBody},
    middleware::authority::signed_origin,
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<OpenLink>(
        "open_link",
        "The sealed payload, and where the list of files is. Counts nothing.",
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
        ProblemType::LinkPaused,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Id(link_id): Id<LinkId>,
    JsonBody(proof): JsonBody<Proof>,
) -> Answer<Json<OpenedLink>> {
    Ok(Json(
        state.service.open_link(link_id, &proof.auth, &signed_origin()).await?,
    ))
}
