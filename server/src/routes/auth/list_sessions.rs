//! `GET auth/sessions`: where the user is signed in.

use axum::{Json, extract::State};
use sealdrop_api::{
    account::Scope,
    auth::{ListSessions, SessionList},
};

use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<ListSessions>("list_sessions", "Where the user is signed in.")
        .needs_scope(Scope::Read)
        .answers(200)
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<Json<SessionList>> {
    Ok(Json(state.service.list_sessions(&signed).await?))
}
