//! `POST uploads`: keeps room for an object.

use axum::{Extension, Json, extract::State};
use http::StatusCode;
use sealdrop_api::{
    ProblemType,
    account::Scope,
    uploads::{NewUpload, ReserveUpload, UploadReserved},
};
use sealdrop_service::ClientTag;

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Client, JsonBody, MaybeSigned, Token},
    middleware::auth_throttle::Made,
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<ReserveUpload>(
        "reserve_upload",
        "Keeps a place for an object; room is promised to its parts as they are signed. Of a user it takes space of the account. Repeating it answers the same.",
    )
    .needs_token()
    .counts_for_user(Scope::Send)
    .takes_body()
    .answers(201)
    .refuses(&[
        ProblemType::ObjectExists,
        ProblemType::TooLarge,
        ProblemType::GuestsOff,
        ProblemType::QuotaExceeded,
        ProblemType::StorageFull,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    Client(client): Client,
    MaybeSigned(user): MaybeSigned,
    JsonBody(new): JsonBody<NewUpload>,
) -> Answer<(StatusCode, Extension<Made>, Json<UploadReserved>)> {
    let made = Extension(Made::Upload(new.object_id.0));
    let client = client.map_or(ClientTag::UNKNOWN, |network| {
        state.service.client_tag(&network.to_string())
    });
    let reserved = state.service.reserve_upload(&token, user.as_ref(), new, client).await?;
    Ok((StatusCode::CREATED, made, Json(reserved)))
}
