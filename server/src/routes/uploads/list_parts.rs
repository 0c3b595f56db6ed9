//! `GET uploads/{object_id}/parts`: what the bucket has of an upload.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use sealdrop_api::{
    ObjectId, ProblemType,
    uploads::{ListParts, PartList},
};
use serde::Deserialize;

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, Token},
    problem::{Answer, ProblemResponse},
    state::AppState,
};

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u32,
}

pub(in crate::routes) fn route() -> Route {
    describe::<ListParts>(
        "list_parts",
        "The parts that the bucket holds, in order, at most 1,000 at a time.",
    )
    .needs_token()
    .takes_query(&[("after", "Only parts with a larger number; 0 or nothing from the start.")])
    .answers(200)
    .refuses(&[ProblemType::UploadNotFound, ProblemType::UploadState])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Token(token): Token,
    Id(object_id): Id<ObjectId>,
    query: Result<Query<After>, QueryRejection>,
) -> Answer<Json<PartList>> {
    let Query(After { after }) = query.map_err(|_| ProblemResponse::invalid("`after` is the number of a part."))?;
    Ok(Json(state.service.list_parts(&token, object_id, after).await?))
}
