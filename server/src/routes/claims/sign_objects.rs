//! `POST links/{link_id}/claims/{claim_id}/urls`: signs objects for reading.

use axum::{Json, extract::State};
use sealdrop_api::{
    ClaimId, LinkId,
    claims::{ObjectUrls, ObjectsToSign, SignObjects},
};

use crate::routes::route::{OF_A_CLAIM, Route, describe};
use crate::{
    extract::{Ids, JsonBody},
    middleware::authority::signed_origin,
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<SignObjects>(
        "sign_objects",
        "Presigned GETs for objects of the link, at most 16. Renews the lease.",
    )
    .needs_auth()
    .takes_body()
    .answers(200)
    .refuses(OF_A_CLAIM)
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    Ids(link_id, claim_id): Ids<LinkId, ClaimId>,
    JsonBody(objects): JsonBody<ObjectsToSign>,
) -> Answer<Json<ObjectUrls>> {
    Ok(Json(
        state
            .service
            .sign_objects(link_id, claim_id, objects, &signed_origin())
            .await?,
    ))
}
