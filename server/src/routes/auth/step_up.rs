//! `POST auth/step-up`: shows again that it is them.

use axum::extract::State;
use http::{HeaderMap, StatusCode, header};
use sealdrop_api::{
    ProblemType,
    auth::{StepUp, StepUpProof},
};

use super::challenge;
use crate::routes::route::{Route, describe};
use crate::{
    extract::{JsonBody, SignedUser, is_browser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<StepUp>(
        "step_up",
        "Shows again, with a code that this session asked for, that it is them: good for ten minutes. An access token cannot.",
    )
    .needs_user()
    .takes_body()
    .answers_nothing()
    .refuses(&[ProblemType::CodeWrong, ProblemType::CodeEnded, ProblemType::StepUpNeeded])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    headers: HeaderMap,
    JsonBody(proof): JsonBody<StepUpProof>,
) -> Answer<(StatusCode, HeaderMap)> {
    let challenge = challenge::needed(&headers, proof.challenge, &state)?;
    state.service.step_up(&signed, &challenge, &proof.code).await?;
    let mut gone = HeaderMap::new();
    if is_browser(&headers) {
        let cookies = state.outside.cookies();
        gone.append(
            header::SET_COOKIE,
            challenge::header(cookies.drop(cookies.challenge()))?,
        );
    }
    Ok((StatusCode::NO_CONTENT, gone))
}
