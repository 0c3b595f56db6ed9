//! `DELETE links/{link_id}`: closes it immediately.

use axum::extract::State;
use http::StatusCode;
use sealdrop_api::{LinkId, ProblemType, links::RevokeLink};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Token},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<RevokeLink>("revoke_link", "Closes a link immediately.")
        .needs_token()
        .answers_nothing()
        .refuses(&[ProblemType::LinkNotFound])
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>, Token(token): Token, Id(link_id): Id<LinkId>) -> Answer<StatusCode> {
    state.service.revoke_link(&token, link_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
