//! `DELETE links/{link_id}`: closes it immediately.

use axum::extract::State;
use http::StatusCode;
use sealdrop_api::{LinkId, ProblemType, account::Scope, links::RevokeLink};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Owner},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<RevokeLink>("revoke_link", "Closes a link immediately.")
        .needs_owner(Scope::Manage)
        .answers_nothing()
        .refuses(&[ProblemType::LinkNotFound])
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>, owner: Owner, Id(link_id): Id<LinkId>) -> Answer<StatusCode> {
    state.service.revoke_link(owner.as_ref(), link_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
