//! `GET uploads/{object_id}`: where an upload stands.

use axum::{Json, extract::State};
use sealdrop_api::{
    ObjectId, ProblemType,
    uploads::{GetUpload, UploadStatus},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Token},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<GetUpload>("get_upload", "Where an upload stands.")
        .needs_token()
        .answers(200)
        .refuses(&[ProblemType::UploadNotFound])
        .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    Id(object_id): Id<ObjectId>,
) -> Answer<Json<UploadStatus>> {
    Ok(Json(state.service.get_upload(&token, object_id).await?))
}
