//! `PATCH links/{link_id}`: extends, limits, pauses, or replaces the payload.

use axum::{
    Json,
    extract::{FromRequest as _, Request, State},
};
use sealdrop_api::{
    LinkId, ProblemType,
    account::Scope,
    links::{ChangeLink, LinkChange, LinkStatus},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, JsonBody, Owner},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<ChangeLink>(
        "change_link",
        "Extends, limits or pauses a link, or replaces its payload by the next revision.",
    )
    .needs_owner(Scope::Manage)
    .takes_body()
    .with_payload()
    .answers(200)
    .refuses(&[
        ProblemType::LinkNotFound,
        ProblemType::LinkRevoked,
        ProblemType::LinkRemoved,
        ProblemType::LinkExpired,
        ProblemType::RevConflict,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    owner: Owner,
    Id(link_id): Id<LinkId>,
    request: Request,
) -> Answer<Json<LinkStatus>> {
    // Before a long body is read: whether it is theirs.
    state.service.get_link(owner.as_ref(), link_id).await?;
    let JsonBody(change) = JsonBody::<LinkChange>::from_request(request, &state).await?;
    Ok(Json(state.service.change_link(owner.as_ref(), link_id, change).await?))
}
