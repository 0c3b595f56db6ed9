//! The way back from a form: a page, and what it is told.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sealdrop_api::ProblemType;
use sealdrop_app::Notice;
use sealdrop_service::ServiceError;

use crate::cookies::Cookies;

/// Where people sign in.
pub(super) const SIGN_IN: &str = "/signin";
/// Where they are once they have.
pub(super) const ACCOUNT: &str = "/account";

/// An answer that leads to a page of ours (RFC 9110, 15.4.4): a reload there sends nothing again.
pub(super) struct Back {
    to: String,
    cookies: HeaderMap,
}

impl Back {
    pub(super) fn to(to: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            cookies: HeaderMap::new(),
        }
    }

    /// Back to signing in, with a word about why.
    pub(super) fn saying(notice: Notice, cookies: Cookies) -> Self {
        Self::to(SIGN_IN).with(cookies.keep_notice(notice.name()).ok())
    }

    /// With a cookie. One that cannot be written is left out: the next page says what is missing.
    pub(super) fn with(mut self, cookie: Option<HeaderValue>) -> Self {
        if let Some(cookie) = cookie {
            self.cookies.append(header::SET_COOKIE, cookie);
        }
        self
    }

    pub(super) fn answer(self) -> Response {
        (StatusCode::SEE_OTHER, [(header::LOCATION, self.to)], self.cookies).into_response()
    }
}

/// What is said of a refusal; `malformed` of what was typed.
pub(super) fn notice_of(error: ServiceError, malformed: Notice) -> Notice {
    if let ServiceError::Internal(inside) = &error {
        tracing::error!(error = %inside, "an operation failed");
    }
    match error.into_problem().kind {
        ProblemType::InvalidRequest => malformed,
        ProblemType::CodeWrong => Notice::CodeWrong,
        ProblemType::CodeEnded => Notice::CodeEnded,
        ProblemType::TooManyRequests => Notice::TooMany,
        _ => Notice::Away,
    }
}
