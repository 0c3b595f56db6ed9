//! Who asks for a page: looked up before it is rendered, so that it is drawn for them at once. A request without a cookie of ours does no
//! work at all, and its page is the same for everybody.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use sealdrop_api::{Challenge, SessionToken, auth::CodePurpose};
use sealdrop_app::{CodeSent, Notice, Visitor};
use sealdrop_service::Origin;

use super::identify::with_session;
use crate::{
    cookies::Cookies,
    extract::{asked_for, cookie},
    state::AppState,
};

const SIGN_IN: &str = "/signin";
const ACCOUNT: &str = "/account";

/// Looks up who asks for a page, and leads those who are signed in, or are not, to the page that is for them.
pub(crate) async fn meet_visitor(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let is_sign_in = request.uri().path() == SIGN_IN;
    let is_account = request.uri().path() == ACCOUNT;
    let (mut visitor, renewed) = look(&state, request.headers()).await;
    let headers = request.headers();
    let cookies = state.outside.cookies();
    let elsewhere = match (is_sign_in, is_account, visitor.email.is_some()) {
        (true, _, true) => Some(ACCOUNT),
        (_, true, false) => Some(SIGN_IN),
        _ => None,
    };
    if let Some(elsewhere) = elsewhere {
        let answer = (StatusCode::SEE_OTHER, [(header::LOCATION, elsewhere)]).into_response();
        return match renewed {
            Some(token) => with_session(answer, cookies, &token),
            None => answer,
        };
    }
    let mut spent = Vec::new();
    if is_sign_in {
        visitor.code = code_sent(&state, headers).await;
        visitor.next = next_page(headers, cookies).map(ToOwned::to_owned);
        visitor.home = home(request.uri(), headers, state.outside.public.as_ref());
    }
    if is_sign_in || is_account {
        let name: Option<String> = cookie(headers, cookies.notice());
        visitor.notice = name.as_deref().and_then(Notice::of);
        spent.extend(name.and_then(|_| cookies.drop(cookies.notice()).ok()));
    }
    if is_sign_in && is_of_closed_account(&state, headers).await {
        visitor.notice = Some(Notice::AccountClosed);
        // It is said once.
        spent.extend(cookies.drop(cookies.session()).ok());
    }
    if visitor != Visitor::default() {
        request.extensions_mut().insert(visitor);
    }
    let mut response = next.run(request).await;
    if is_sign_in || is_account {
        // Under `no-referrer` the forms of these pages would come from the origin `null` (Fetch, "append a request Origin header").
        let own = HeaderValue::from_static("same-origin");
        response.headers_mut().insert(header::REFERRER_POLICY, own);
    }
    for spent in spent {
        response.headers_mut().append(header::SET_COOKIE, spent);
    }
    match renewed {
        Some(token) => with_session(response, cookies, &token),
        None => response,
    }
}

/// Where signing in leads to, if this browser came from a page of payments.
pub(crate) fn next_page(headers: &HeaderMap, cookies: Cookies) -> Option<&'static str> {
    let name: String = cookie(headers, cookies.next())?;
    ["/plans", "/billing"]
        .into_iter()
        .find(|path| path.strip_prefix('/') == Some(&name))
}

/// Who is signed in. A database that fails makes the page one of nobody: what it asks for then says so.
pub(crate) async fn look(state: &AppState, headers: &HeaderMap) -> (Visitor, Option<SessionToken>) {
    let cookies = state.outside.cookies();
    let Some(session) = cookie::<SessionToken>(headers, cookies.session()) else {
        return (Visitor::default(), None);
    };
    match state.service.meet(&session).await {
        Ok((email, renewed)) => (
            Visitor {
                email,
                ..Visitor::default()
            },
            renewed,
        ),
        Err(_) => {
            tracing::warn!("who asks for a page could not be looked up");
            (Visitor::default(), None)
        }
    }
}

/// Whether the cookie is of a user whose account was closed. Asked where nobody is signed in.
async fn is_of_closed_account(state: &AppState, headers: &HeaderMap) -> bool {
    let session: Option<SessionToken> = cookie(headers, state.outside.cookies().session());
    match session {
        Some(session) => state.service.is_of_closed_account(&session).await.unwrap_or(false),
        None => false,
    }
}

/// The code that this browser asked for to sign in, if it is good.
async fn code_sent(state: &AppState, headers: &HeaderMap) -> Option<CodeSent> {
    let challenge: Challenge = cookie(headers, state.outside.cookies().challenge())?;
    let told = state.service.get_challenge(&challenge).await.ok()?;
    (told.purpose == CodePurpose::SignIn).then_some(CodeSent {
        email: told.email,
        resend_in: told.resend_in,
        tries_left: told.tries_left,
    })
}

/// The public URL, where the page was opened under another name. A proxy may have ended TLS, so the scheme is taken as right.
fn home(uri: &Uri, headers: &HeaderMap, public: Option<&Origin>) -> Option<String> {
    let public = public?;
    let scheme = public.as_str().split_once("://")?.0;
    let used = Origin::new(scheme, asked_for(uri, headers)?).ok()?;
    (used != *public).then(|| public.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_than_the_public_one_is_told() {
        let public = Origin::new("https", "drop.test").expect("an origin");
        let told = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            home(&Uri::from_static("/signin"), &headers, Some(&public))
        };
        assert_eq!(told("drop.test"), None);
        assert_eq!(told("drop.test:443"), None);
        assert_eq!(told("192.0.2.1:8080").as_deref(), Some("https://drop.test"));
        assert_eq!(told("drop.test:8443").as_deref(), Some("https://drop.test"));
        assert_eq!(home(&Uri::from_static("/signin"), &HeaderMap::new(), None), None);
    }
}
