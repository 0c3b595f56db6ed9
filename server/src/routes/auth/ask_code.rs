//! `POST auth/codes`: sends a code by mail.

use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode, header};
use sealdrop_api::{
    DeviceMark, ProblemType,
    auth::{AskCode, CodeAsked, CodePurpose, NewCode},
};
use sealdrop_service::{Asked, Asking};

use super::challenge;
use crate::routes::route::{Route, describe};
use crate::{
    extract::{AskingHost, JsonBody, MaybeSigned, cookie, is_browser},
    problem::{Answer, ProblemResponse},
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<AskCode>(
        "ask_code",
        "Sends a code by mail, or the same one again from 60 seconds on. The answer is the same whatever the address.",
    )
    .asks_who()
    .takes_body()
    .answers(202)
    .refuses(&[ProblemType::Unauthenticated, ProblemType::StepUpNeeded])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    MaybeSigned(signed): MaybeSigned,
    AskingHost(host): AskingHost,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewCode>,
) -> Answer<(StatusCode, HeaderMap, Json<CodeAsked>)> {
    let cookies = state.outside.cookies();
    let shown = challenge::shown(&headers, new.challenge, &state)?;
    let device: Option<DeviceMark> = cookie(&headers, cookies.device());
    let asking = Asking {
        shown: shown.as_ref(),
        host: host.as_ref(),
        device: device.as_ref(),
    };
    let asked = match (new.purpose, new.email, new.new_email) {
        (CodePurpose::SignIn, Some(email), None) => state.service.ask_sign_in_code(&email.0, asking).await?,
        (CodePurpose::SignIn, None, None) => {
            return Err(ProblemResponse::invalid("To sign in, an e-mail address is needed."));
        }
        (CodePurpose::StepUp, None, None) => {
            let signed = signed.ok_or(ProblemType::Unauthenticated)?;
            state.service.ask_step_up_code(&signed, asking).await?
        }
        (CodePurpose::ChangeEmail, None, Some(new_email)) => {
            let signed = signed.ok_or(ProblemType::Unauthenticated)?;
            state.service.ask_change_code(&signed, &new_email.0, asking).await?
        }
        (CodePurpose::StepUp | CodePurpose::ChangeEmail, ..) if signed.is_none() => {
            return Err(ProblemType::Unauthenticated.into());
        }
        (CodePurpose::ChangeEmail, ..) => {
            return Err(ProblemResponse::invalid(
                "To change the address, new_email is needed, and no email.",
            ));
        }
        (CodePurpose::SignIn, ..) => {
            return Err(ProblemResponse::invalid(
                "To sign in, email is needed, and no new_email.",
            ));
        }
        _ => {
            return Err(ProblemResponse::invalid(
                "For this the code goes to the address of who is signed in.",
            ));
        }
    };
    let Asked {
        challenge,
        expires_in,
        resend_in,
    } = asked;
    let mut kept = HeaderMap::new();
    let is_browser = is_browser(&headers);
    if is_browser {
        let cookie = challenge::header(cookies.keep_challenge(&challenge.expose(), expires_in))?;
        kept.append(header::SET_COOKIE, cookie);
    }
    let answer = CodeAsked {
        expires_in,
        resend_in,
        challenge: (!is_browser).then_some(challenge),
    };
    Ok((StatusCode::ACCEPTED, kept, Json(answer)))
}
