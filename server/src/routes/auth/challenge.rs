//! Where a challenge is: a browser has it as a cookie, what is no browser in the body.

use http::{HeaderMap, HeaderValue, header::InvalidHeaderValue};
use sealdrop_api::{Challenge, ProblemType};

use crate::{
    extract::{cookie, is_browser},
    problem::{Answer, ProblemResponse},
    state::AppState,
};

/// The challenge that is shown, if one is. A browser cannot show another one than its cookie: a page that knows a challenge and its code
/// would sign its visitor in as somebody else.
pub(in crate::routes) fn shown(
    headers: &HeaderMap,
    body: Option<Challenge>,
    state: &AppState,
) -> Answer<Option<Challenge>> {
    match (is_browser(headers), body) {
        (true, Some(_)) => Err(ProblemResponse::invalid("A browser shows its challenge as a cookie.")),
        (true, None) => Ok(cookie(headers, state.outside.cookies().challenge())),
        (false, body) => Ok(body),
    }
}

/// The challenge that a code is the answer to.
pub(in crate::routes) fn needed(headers: &HeaderMap, body: Option<Challenge>, state: &AppState) -> Answer<Challenge> {
    shown(headers, body, state)?.ok_or_else(|| ProblemType::CodeEnded.into())
}

/// A header that was put together of our own characters.
pub(in crate::routes) fn header(made: Result<HeaderValue, InvalidHeaderValue>) -> Answer<HeaderValue> {
    made.map_err(|_| ProblemType::Internal.into())
}
