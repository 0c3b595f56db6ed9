//! `GET account/export`: everything that the server holds about the user.

use axum::{Json, extract::State};
use sealdrop_api::export::{AccountExport, ExportAccount};

use crate::routes::route::{Route, describe};
use crate::{extract::SignedUser, problem::Answer, state::AppState};

pub(in crate::routes) fn route() -> Route {
    describe::<ExportAccount>("export_account", "Everything that the server holds about the user.")
        .needs_step_up()
        .answers(200)
        .handled_by(handle)
}

async fn handle(State(state): State<AppState>, SignedUser(signed): SignedUser) -> Answer<Json<AccountExport>> {
    Ok(Json(state.service.export_account(&signed).await?))
}
