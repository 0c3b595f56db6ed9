//! `GET limits`: what this server allows.

use axum::{Json, extract::State};
use sealdrop_api::{GetLimits, Limits};

use super::route::{Route, describe};
use crate::{problem::Answer, state::AppState};

pub(super) fn route() -> Route {
    describe::<GetLimits>("get_limits", "What this server allows.")
        .answers(200)
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>) -> Answer<Json<Limits>> {
    Ok(Json(state.service.limits()))
}
