//! `GET auth/challenge`: where the cookie's challenge stands.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode};
use sealdrop_api::{
    EmailText, ProblemType,
    auth::{ChallengeStatus, GetChallenge},
};
use sealdrop_service::ServiceError;

use super::challenge;
use crate::routes::route::{Route, describe};
use crate::{problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<GetChallenge>(
        "get_challenge",
        "Where the code of this browser stands, so that a page that was reloaded comes back to it.",
    )
    .answers_if_any(200)
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, headers: HeaderMap) -> Answer<Response> {
    let told = match challenge::shown(&headers, None, &state)? {
        Some(challenge) => state.service.get_challenge(&challenge).await,
        None => Err(ProblemType::CodeEnded.into()),
    };
    match told {
        Ok(told) => Ok(Json(ChallengeStatus {
            purpose: told.purpose,
            email: EmailText(told.email),
            expires_in: told.expires_in,
            resend_in: told.resend_in,
            tries_left: told.tries_left,
        })
        .into_response()),
        // That there is none is what most visits hear, and no error.
        Err(ServiceError::Problem(problem)) if problem.kind == ProblemType::CodeEnded => {
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(error) => Err(error.into()),
    }
}
