//! `DELETE account/tokens/{token_id}`: ends an access token.

use axum::extract::State;
use http::StatusCode;
use sealdrop_api::{
    ProblemType, TokenId,
    account::{RevokeToken, Scope},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, SignedUser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<RevokeToken>("revoke_token", "Ends an access token of the user.")
        .needs_scope(Scope::Manage)
        .answers_nothing()
        .refuses(&[ProblemType::AccessTokenNotFound])
        .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    Id(token_id): Id<TokenId>,
) -> Answer<StatusCode> {
    state.service.revoke_token(&signed, token_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
