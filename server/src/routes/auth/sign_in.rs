//! `POST auth/sessions`: signs in with a code.

use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode, header};
use sealdrop_api::{
    ProblemType, SessionToken,
    auth::{NewSession, SessionKind, SignIn, SignedIn},
};
use sealdrop_service::{Device, TokenWish};

use super::challenge;
use crate::routes::route::{Route, describe};
use crate::{
    cookies::Cookies,
    extract::{JsonBody, cookie, is_browser},
    problem::{Answer, ProblemResponse},
    state::AppState,
    user_agent,
};

pub(in crate::routes) fn route() -> Route {
    describe::<SignIn>(
        "sign_in",
        "Signs in with a code, with a session's cookie or an access token. Who was no user is one afterwards.",
    )
    .takes_body()
    .answers(201)
    .refuses(&[ProblemType::CodeWrong, ProblemType::CodeEnded, ProblemType::TooLarge])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewSession>,
) -> Answer<(StatusCode, HeaderMap, Json<SignedIn>)> {
    let cookies = state.outside.cookies();
    let wish = wish_of(&new)?;
    let challenge = challenge::needed(&headers, new.challenge.clone(), &state)?;
    let device = device_of(&headers, cookies);
    let replaced: Option<SessionToken> = cookie(&headers, cookies.session());
    let signed_in = state
        .service
        .sign_in(&challenge, &new.code, wish.as_ref(), &device, replaced.as_ref())
        .await?;
    let mut kept = HeaderMap::new();
    if let Some((session, mark)) = &signed_in.session {
        for made in [
            cookies.keep_session(&session.expose()),
            cookies.keep_device(&mark.expose()),
        ] {
            kept.append(header::SET_COOKIE, challenge::header(made)?);
        }
    }
    if is_browser(&headers) {
        let gone = cookies.drop(cookies.challenge());
        kept.append(header::SET_COOKIE, challenge::header(gone)?);
    }
    let answer = SignedIn {
        user: signed_in.user,
        is_new: signed_in.is_new,
        token: signed_in.token,
    };
    Ok((StatusCode::CREATED, kept, Json(answer)))
}

/// The browser that asks, as far as it is known again.
pub(in crate::routes) fn device_of(headers: &HeaderMap, cookies: Cookies) -> Device {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let (browser, system) = user_agent::names(agent.unwrap_or_default());
    Device {
        browser,
        system,
        mark: cookie(headers, cookies.device()),
    }
}

fn wish_of(new: &NewSession) -> Answer<Option<TokenWish>> {
    match (new.kind, &new.name, &new.scopes) {
        (Some(SessionKind::Token), Some(name), Some(scopes)) => {
            let wish = TokenWish {
                name: name.clone(),
                scopes: scopes.clone(),
            };
            wish.check()?;
            Ok(Some(wish))
        }
        (Some(SessionKind::Token), ..) => Err(ProblemResponse::invalid("An access token needs a name and scopes.")),
        (_, None, None) => Ok(None),
        _ => Err(ProblemResponse::invalid("Only an access token has a name and scopes.")),
    }
}
