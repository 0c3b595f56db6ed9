//! `POST account/tokens`: makes an access token.

use axum::{Json, extract::State};
use http::StatusCode;
use sealdrop_api::{
    ProblemType,
    account::{CreateToken, NewToken, TokenMade},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{JsonBody, SignedUser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<CreateToken>("create_token", "Makes an access token. It is shown this once.")
        .needs_step_up()
        .takes_body()
        .answers(201)
        .refuses(&[ProblemType::TooLarge])
        .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    JsonBody(new): JsonBody<NewToken>,
) -> Answer<(StatusCode, Json<TokenMade>)> {
    let made = state.service.create_token(&signed, &new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
