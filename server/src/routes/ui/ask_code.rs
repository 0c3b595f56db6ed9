//! `POST /_ui/sign-in/code`: asks for a code, or for the same one again.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use sealdrop_api::{Challenge, DeviceMark, auth::CodePurpose};
use sealdrop_app::Notice;
use sealdrop_service::Asking;

use super::{
    answer::{Back, SIGN_IN, notice_of},
    form::Form,
};
use crate::{
    extract::{AskingHost, cookie},
    state::AppState,
};

pub(super) async fn handle(
    State(state): State<AppState>,
    AskingHost(host): AskingHost,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let cookies = state.outside.cookies();
    let shown: Option<Challenge> = cookie(&headers, cookies.challenge());
    let device: Option<DeviceMark> = cookie(&headers, cookies.device());
    // Without an address it is the one of before.
    let email = match (form.field("email"), &shown) {
        (Some(email), _) => email.to_owned(),
        (None, None) => return Back::saying(Notice::EmailRefused, cookies).answer(),
        (None, Some(shown)) => match state.service.get_challenge(shown).await {
            Ok(told) if told.purpose == CodePurpose::SignIn => told.email,
            Ok(_) => return Back::saying(Notice::CodeEnded, cookies).answer(),
            Err(error) => return Back::saying(notice_of(error, Notice::CodeEnded), cookies).answer(),
        },
    };
    let asking = Asking {
        shown: shown.as_ref(),
        host: host.as_ref(),
        device: device.as_ref(),
    };
    match state.service.ask_sign_in_code(&email, asking).await {
        Ok(asked) => {
            let kept = cookies.keep_challenge(&asked.challenge.expose(), asked.expires_in);
            Back::to(SIGN_IN).with(kept.ok()).answer()
        }
        Err(error) => Back::saying(notice_of(error, Notice::EmailRefused), cookies).answer(),
    }
}
