//! `GET account`: who is signed in, and what they hold.

use axum::{Json, extract::State};
use sealdrop_api::account::{Account, GetAccount, Scope};

use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<GetAccount>("get_account", "Who is signed in, and what they hold.")
        .needs_scope(Scope::Read)
        .answers(200)
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<Json<Account>> {
    Ok(Json(state.service.get_account(&signed).await?))
}
