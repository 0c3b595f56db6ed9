//! `POST links`: makes a link.

use axum::{Extension, Json, extract::State};
use http::StatusCode;
use sealdrop_api::{
    ProblemType,
    account::Scope,
    links::{CreateLink, LinkCreated, NewLink},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{JsonBody, MaybeSigned, Token},
    middleware::auth_throttle::Made,
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<CreateLink>(
        "create_link",
        "Makes a link to all committed uploads of the token. Repeating it answers the same.",
    )
    .needs_token()
    .counts_for_user(Scope::Send)
    .takes_body()
    .with_payload()
    .answers(201)
    .refuses(&[
        ProblemType::LinkExists,
        ProblemType::UploadsUnfinished,
        ProblemType::TooLarge,
        ProblemType::GuestsOff,
        ProblemType::QuotaExceeded,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    MaybeSigned(user): MaybeSigned,
    JsonBody(new): JsonBody<NewLink>,
) -> Answer<(StatusCode, Extension<Made>, Json<LinkCreated>)> {
    let made = Extension(Made::Link(new.link_id().0));
    let mut created = state.service.create_link(&token, user.as_ref(), new).await?;
    // Which name people open it by is a matter of this server, and not of the link.
    created.origin = state.outside.links.as_ref().map(ToString::to_string);
    Ok((StatusCode::CREATED, made, Json(created)))
}
