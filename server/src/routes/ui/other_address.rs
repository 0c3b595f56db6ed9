//! `POST /_ui/sign-in/other`: forgets the code that was asked for, to ask for one to another address.

use axum::{extract::State, response::Response};

use super::answer::{Back, SIGN_IN};
use crate::state::AppState;

pub(super) async fn handle(State(state): State<AppState>) -> Response {
    let cookies = state.outside.cookies();
    Back::to(SIGN_IN).with(cookies.drop(cookies.challenge()).ok()).answer()
}
