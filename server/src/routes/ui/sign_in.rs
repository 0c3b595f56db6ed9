//! `POST /_ui/sign-in/session`: signs in with a code.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use sealdrop_api::{Challenge, CodeText, SessionToken};
use sealdrop_app::Notice;

use super::{
    answer::{ACCOUNT, Back, notice_of},
    form::Form,
};
use crate::{extract::cookie, middleware::visitor::next_page, routes::auth::sign_in::device_of, state::AppState};

pub(super) async fn handle(State(state): State<AppState>, headers: HeaderMap, form: Form) -> Response {
    let cookies = state.outside.cookies();
    let Some(code) = form.field("code") else {
        return Back::saying(Notice::CodeMalformed, cookies).answer();
    };
    let Some(challenge) = cookie::<Challenge>(&headers, cookies.challenge()) else {
        return Back::saying(Notice::CodeEnded, cookies).answer();
    };
    let device = device_of(&headers, cookies);
    let replaced: Option<SessionToken> = cookie(&headers, cookies.session());
    let code = CodeText(code.to_owned());
    let signed_in = state
        .service
        .sign_in(&challenge, &code, None, &device, replaced.as_ref())
        .await;
    let made = match signed_in {
        Ok(signed_in) => signed_in.session,
        Err(error) => return Back::saying(notice_of(error, Notice::CodeMalformed), cookies).answer(),
    };
    let mut back =
        Back::to(next_page(&headers, cookies).unwrap_or(ACCOUNT)).with(cookies.drop(cookies.challenge()).ok());
    if let Some((session, mark)) = made {
        back = back
            .with(cookies.keep_session(&session.expose()).ok())
            .with(cookies.keep_device(&mark.expose()).ok());
    }
    back.answer()
}
