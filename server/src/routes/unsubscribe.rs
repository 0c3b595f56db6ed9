//! `/unsubscribe/{token}`: where mail programs turn notices off with one POST (RFC 8058).

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header};

use crate::{problem::Answer, state::AppState};

/// Turns off what the token is for. Says the same of a token that is none: nobody learns anything here. What the body says is not looked
/// at, because there is one thing only that can be asked for.
pub(super) async fn handle(State(state): State<AppState>, Path(token): Path<String>) -> Answer<StatusCode> {
    state.service.unsubscribe(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who opens the address, as scanners of mail do, changes nothing, and is led to where notices are chosen. The next address holds no token.
pub(super) async fn change_nothing() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/account")]).into_response()
}
