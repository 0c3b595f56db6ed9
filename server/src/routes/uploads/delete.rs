//! `DELETE uploads/{object_id}`: gives an upload up.

use axum::extract::State;
use http::StatusCode;
use sealdrop_api::{ObjectId, ProblemType, uploads::DeleteUpload};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Token},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<DeleteUpload>(
        "delete_upload",
        "Aborts an upload, or deletes an object that no link has.",
    )
    .needs_token()
    .answers_nothing()
    .refuses(&[ProblemType::UploadNotFound, ProblemType::UploadState])
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, Token(token): Token, Id(object_id): Id<ObjectId>) -> Answer<StatusCode> {
    state.service.delete_upload(&token, object_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
