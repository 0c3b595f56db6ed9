//! `POST links`: makes a link.

use axum::{Json, extract::State};
use http::StatusCode;
use sealdrop_api::{
    ProblemType,
    links::{CreateLink, LinkCreated, NewLink},
};

use super::route::{Route, describe};
use crate::{
    extract::{JsonBody, Token},
    problem::Answer,
    state::AppState,
};

pub(super) fn route() -> Route {
    describe::<CreateLink>(
        "create_link",
        "Makes a link to all committed uploads of the token. Repeating it answers the same.",
    )
    .needs_token()
    .takes_body()
    .answers(201)
    .refuses(&[
        ProblemType::LinkExists,
        ProblemType::UploadsUnfinished,
        ProblemType::TooLarge,
        ProblemType::GuestsOff,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    JsonBody(new): JsonBody<NewLink>,
) -> Answer<(StatusCode, Json<LinkCreated>)> {
    Ok((StatusCode::CREATED, Json(state.service.create_link(&token, new).await?)))
}
