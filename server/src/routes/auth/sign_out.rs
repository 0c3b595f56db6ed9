//! `DELETE auth/sessions/current`: signs out.

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};
use sealdrop_api::auth::EndCurrentSession;

use super::challenge;
use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<EndCurrentSession>(
        "sign_out",
        "Ends the session that asks, or revokes the access token that does. The mark of the browser stays.",
    )
    .needs_user()
    .answers_nothing()
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<(StatusCode, HeaderMap)> {
    state.service.sign_out(&signed).await?;
    let cookies = state.outside.cookies();
    let mut gone = HeaderMap::new();
    // By name: anything wider would take what only this device holds, such as the links that it sent.
    if signed.is_session() {
        gone.append(header::SET_COOKIE, challenge::header(cookies.drop(cookies.session()))?);
    }
    Ok((StatusCode::NO_CONTENT, gone))
}
