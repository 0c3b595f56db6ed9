//! `POST /_ui/sign-out`: ends the session of this browser.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use sealdrop_app::Notice;
use sealdrop_service::Caller;

use super::answer::{Back, notice_of};
use crate::{extract::credentials_of, state::AppState};

pub(super) async fn handle(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let cookies = state.outside.cookies();
    let ended = async {
        let (calling, _) = state.service.who(&credentials_of(&headers, cookies)).await?;
        match calling {
            Caller::User(signed) if signed.is_session() => state.service.sign_out(&signed).await,
            // It has ended before.
            _ => Ok(()),
        }
    };
    match ended.await {
        Ok(()) => Back::saying(Notice::SignedOut, cookies)
            .with(cookies.drop(cookies.session()).ok())
            .answer(),
        // The session may live, so its cookie stays: nobody is told that they have signed out who has not.
        Err(error) => Back::saying(notice_of(error, Notice::Away), cookies).answer(),
    }
}
