//! `GET auth/challenge`: where the cookie's challenge stands.

use axum::{Json, extract::State};
use http::HeaderMap;
use sealdrop_api::{
    EmailText, ProblemType,
    auth::{ChallengeStatus, GetChallenge},
};

use super::challenge;
use crate::routes::route::{Route, describe};
use crate::{problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<GetChallenge>(
        "get_challenge",
        "Where the code of this browser stands, so that a page that was reloaded comes back to it.",
    )
    .answers(200)
    .refuses(&[ProblemType::CodeEnded])
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, headers: HeaderMap) -> Answer<Json<ChallengeStatus>> {
    let challenge = challenge::needed(&headers, None, &state)?;
    let told = state.service.get_challenge(&challenge).await?;
    Ok(Json(ChallengeStatus {
        purpose: told.purpose,
        email: EmailText(told.email),
        expires_in: told.expires_in,
        resend_in: told.resend_in,
        tries_left: told.tries_left,
    }))
}
