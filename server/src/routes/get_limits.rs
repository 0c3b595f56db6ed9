//! `GET limits`: what this server allows whoever asks.

use axum::{Json, extract::State};
use sealdrop_api::{GetLimits, Limits};

use super::route::{Route, describe};
use crate::{extract::MaybeSigned, problem::Answer, state::AppState};

pub(super) fn route() -> Route {
    describe::<GetLimits>(
        "get_limits",
        "What this server allows whoever asks: a guest, or a user by their plan.",
    )
    .asks_who()
    .answers(200)
    .handled_by(handle)
}

async fn handle(State(state): State<AppState>, MaybeSigned(user): MaybeSigned) -> Answer<Json<Limits>> {
    Ok(Json(state.service.limits_of(user.as_ref()).await?))
}
