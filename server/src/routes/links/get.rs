//! `GET links/{link_id}`: what its owner may know.

use axum::{Json, extract::State};
use sealdrop_api::{
    LinkId, ProblemType,
    account::Scope,
    links::{GetLink, LinkStatus},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Owner},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<GetLink>("get_link", "State and counts of a link, for its owner.")
        .needs_owner(Scope::Read)
        .answers(200)
        .refuses(&[ProblemType::LinkNotFound])
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>, owner: Owner, Id(link_id): Id<LinkId>) -> Answer<Json<LinkStatus>> {
    Ok(Json(state.service.get_link(owner.as_ref(), link_id).await?))
}
