//! `DELETE account`: closes it.

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};
use sealdrop_api::account::CloseAccount;

use crate::routes::{
    auth::challenge,
    route::{Route, describe},
};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<CloseAccount>(
        "close_account",
        "Closes the account: sessions, access tokens and links end now, stored bytes are deleted within 24 hours.",
    )
    .needs_step_up()
    .answers_nothing()
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<(StatusCode, HeaderMap)> {
    state.service.close_account(&signed).await?;
    let cookies = state.outside.cookies();
    let mut gone = HeaderMap::new();
    // By name, as at signing out: links that only this browser has stay.
    gone.append(header::SET_COOKIE, challenge::header(cookies.drop(cookies.session()))?);
    Ok((StatusCode::NO_CONTENT, gone))
}
