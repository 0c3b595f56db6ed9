//! `GET links`: the links of the user.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use sealdrop_api::{
    account::Scope,
    links::{LinkList, ListLinks},
};
use serde::Deserialize;

use crate::routes::route::{Route, describe};
use crate::{
    extract::SignedUser,
    problem::{Answer, ProblemResponse},
    state::AppState,
};

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u32,
}

pub(in crate::routes) fn route() -> Route {
    describe::<ListLinks>(
        "list_links",
        "The links of the user with their states and counts, the newest first, at most 100 at a time.",
    )
    .needs_scope(Scope::Read)
    .takes_query(&[(
        "after",
        "How many of the newest to leave out; 0 or nothing from the start.",
    )])
    .answers(200)
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    query: Result<Query<After>, QueryRejection>,
) -> Answer<Json<LinkList>> {
    let Query(After { after }) = query.map_err(|_| ProblemResponse::invalid("`after` is a number of links."))?;
    Ok(Json(state.service.list_links(&signed, after).await?))
}
