//! `POST uploads/{object_id}/complete`: puts the parts together.

use axum::{
    Json,
    extract::{FromRequest as _, Request, State},
};
use http::StatusCode;
use sealdrop_api::{
    ObjectId, ProblemType,
    uploads::{CompleteUpload, PartsSent, UploadProgress, UploadState},
};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, JsonBody, Token},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<CompleteUpload>(
        "complete_upload",
        "Puts the parts together: 202 while that goes on (ask GET), 200 when the object is whole.",
    )
    .needs_token()
    .takes_body()
    .with_all_parts()
    .answers(200)
    .answers(202)
    .refuses(&[
        ProblemType::UploadNotFound,
        ProblemType::UploadState,
        ProblemType::PartsDiffer,
        ProblemType::UploadRefused,
        ProblemType::TooLarge,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    Id(object_id): Id<ObjectId>,
    request: Request,
) -> Answer<(StatusCode, Json<UploadProgress>)> {
    // Before so long a body is read: whether there is anything that it could complete.
    state.service.get_upload(&token, object_id).await?;
    let JsonBody(sent) = JsonBody::<PartsSent>::from_request(request, &state).await?;
    let progress = state.service.complete_upload(&token, object_id, sent).await?;
    let is_whole = progress.state == UploadState::Committed;
    Ok((
        if is_whole { StatusCode::OK } else { StatusCode::ACCEPTED },
        Json(progress),
    ))
}
