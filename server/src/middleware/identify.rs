//! Who is calling: the layer around each route that is for users, or not the same for them.

use axum::{
    Extension,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::header;
use sealdrop_api::{ProblemType, SessionToken, TOKEN_HEADER};
use sealdrop_service::{Caller as Calling, ServiceError};

use crate::{
    access::{Caller, Takes},
    cookies::Cookies,
    extract::{credentials_of, has_access_token},
    problem::ProblemResponse,
    state::AppState,
};

/// Finds out who is calling, once for each request, and refuses who may not. A session that is due for it gets its new cookie with the
/// answer, whatever that is.
pub(crate) async fn identify(
    State(state): State<AppState>,
    Extension(takes): Extension<Takes>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_for_users = match takes.caller {
        Caller::User | Caller::UserSteppedUp => true,
        // The token of the transfer is enough, whoever is signed in.
        Caller::OwnerOrUser => !request.headers().contains_key(TOKEN_HEADER),
        _ => false,
    };
    if !is_for_users && !takes.asks_who {
        return next.run(request).await;
    }
    let cookies = state.outside.cookies();
    let credentials = credentials_of(request.headers(), cookies);
    let (calling, renewed) = match state.service.who(&credentials).await {
        Ok(found) => found,
        Err(error) => return ProblemResponse::from(error).into_response(),
    };
    // What else stands in `Authorization` is a proxy's own, such as a password for the whole site.
    let has_token = has_access_token(request.headers());
    let response = match admit(&calling, takes, has_token) {
        Err(refusal) => ProblemResponse::from(refusal).into_response(),
        Ok(()) => {
            if let Calling::User(signed) = calling {
                request.extensions_mut().insert(signed);
            }
            next.run(request).await
        }
    };
    match renewed {
        Some(token) => with_session(response, cookies, &token),
        None => response,
    }
}

fn admit(calling: &Calling, takes: Takes, has_token: bool) -> Result<(), ServiceError> {
    let signed = match (calling, takes.caller) {
        (Calling::User(signed), _) => signed,
        (Calling::Guest, Caller::User | Caller::UserSteppedUp | Caller::OwnerOrUser) => {
            return Err(ProblemType::Unauthenticated.into());
        }
        // A program that means to act for a user does not act for nobody when its token has ended.
        (Calling::Guest, _) if takes.scope.is_some() && has_token => {
            return Err(ProblemType::Unauthenticated.into());
        }
        (Calling::Guest, _) => return Ok(()),
    };
    if let Some(scope) = takes.scope {
        signed.check_scope(scope)?;
    }
    if takes.caller == Caller::UserSteppedUp {
        signed.check_stepped_up()?;
    }
    Ok(())
}

/// Adds the new cookie, unless the answer already says what becomes of it.
pub(crate) fn with_session(mut response: Response, cookies: Cookies, token: &SessionToken) -> Response {
    let name = cookies.session();
    let is_said = response.headers().get_all(header::SET_COOKIE).iter().any(|value| {
        let said = value.as_bytes().strip_prefix(name.as_bytes());
        said.is_some_and(|rest| rest.starts_with(b"="))
    });
    if let (false, Ok(value)) = (is_said, cookies.keep_session(&token.expose())) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
