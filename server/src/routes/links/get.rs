//! `GET links/{link_id}`: what its owner may know.

use axum::{Json, extract::State};
use sealdrop_api::{
    LinkId, ProblemType,
    links::{GetLink, LinkStatus},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Token},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<GetLink>("get_link", "State and counts of a link, for its owner.")
        .needs_token()
        .answers(200)
        .refuses(&[ProblemType::LinkNotFound])
        .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    Id(link_id): Id<LinkId>,
) -> Answer<Json<LinkStatus>> {
    Ok(Json(state.service.get_link(&token, link_id).await?))
}
