//! `DELETE auth/sessions/{session_id}`: ends one of the user's sessions.

use axum::extract::State;
use http::StatusCode;
use sealdrop_api::{ProblemType, SessionId, account::Scope, auth::EndSession};

use crate::routes::route::{Route, describe};
use crate::{
    extract::{Id, SignedUser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<EndSession>("end_session", "Ends one of the user's sessions.")
        .needs_scope(Scope::Manage)
        .answers_nothing()
        .refuses(&[ProblemType::SessionNotFound])
        .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    Id(session_id): Id<SessionId>,
) -> Answer<StatusCode> {
    state.service.end_session(&signed, session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
