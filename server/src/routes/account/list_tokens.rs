//! `GET account/tokens`: the access tokens of the user.

use axum::{Json, extract::State};
use sealdrop_api::account::{ListTokens, Scope, TokenList};

use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<ListTokens>("list_tokens", "The access tokens of the user, without what they are.")
        .needs_scope(Scope::Read)
        .answers(200)
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<Json<TokenList>> {
    Ok(Json(state.service.list_tokens(&signed).await?))
}
