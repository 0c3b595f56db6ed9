//! `GET links/{link_id}/events`: what happened to it, for its owner.

use axum::{Json, extract::State};
use sealdrop_api::{
    LinkId, ProblemType,
    account::Scope,
    links::{LinkEvents, ListLinkEvents},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Owner},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<ListLinkEvents>(
        "list_link_events",
        "What happened to a link in the last 90 days, by the hour, the newest first, at most 500 entries; for its owner.",
    )
    .needs_owner(Scope::Read)
    .answers(200)
    .refuses(&[ProblemType::LinkNotFound])
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, owner: Owner, Id(link_id): Id<LinkId>) -> Answer<Json<LinkEvents>> {
    Ok(Json(state.service.list_link_events(owner.as_ref(), link_id).await?))
}
