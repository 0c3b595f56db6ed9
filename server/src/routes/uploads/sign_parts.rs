//! `POST uploads/{object_id}/urls`: signs the next parts.

use axum::{Json, extract::State};
use sealdrop_api::{
    ObjectId, ProblemType,
    uploads::{PartUrls, PartsToSign, SignParts},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, JsonBody, Token},
    middleware::authority::signed_origin,
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<SignParts>(
        "sign_parts",
        "Presigned PUTs for the next parts, at most 16, each for its exact length.",
    )
    .needs_token()
    .takes_body()
    .answers(200)
    .refuses(&[
        ProblemType::UploadNotFound,
        ProblemType::UploadState,
        ProblemType::TooLarge,
        ProblemType::QuotaExceeded,
        ProblemType::StorageFull,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    Id(object_id): Id<ObjectId>,
    JsonBody(parts): JsonBody<PartsToSign>,
) -> Answer<Json<PartUrls>> {
    let signed = state
        .service
        .sign_parts(&token, object_id, parts, &signed_origin())
        .await?;
    if signed.urls.iter().any(|part| part.url.starts_with('/')) {
        state.arrivals.signed();
    }
    Ok(Json(signed))
}
