//! A JSON body, as long as its route says at most, that arrives within 30 seconds.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts as _, Request},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, header, request::Parts};
use sealdrop_api::{Problem, ProblemType};
use serde::de::DeserializeOwned;

use super::{bodies::Arriving, client::Client};
use crate::{access::Takes, problem::ProblemResponse, state::AppState};

/// How long a whole body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The body as a `T`.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ProblemResponse;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ProblemResponse> {
        // A page of another origin can send text/plain without asking, but not this.
        if !is_json(request.headers()) {
            return Err(ProblemResponse::invalid("Send the body as application/json."));
        }
        let takes = request.extensions().get::<Takes>();
        let limit = takes.map_or(0, |takes| takes.max_body);
        let (_, body) = read_whole(request, state, limit).await?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|error| ProblemResponse::invalid(explain(&error)))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/json")
}

/// Reads a request's body to its end, or refuses it at its announced length or at the first byte over `limit`.
///
/// # Errors
/// `body-too-large`; `invalid-request` when it ends early or takes more than 30 seconds; `unavailable` when the memory for
/// bodies is used up and this one was on its way for longest.
pub(crate) async fn read_whole(
    request: Request,
    state: &AppState,
    limit: usize,
) -> Result<(Parts, Bytes), ProblemResponse> {
    let (mut parts, body) = request.into_parts();
    let announced = parts.headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|len| len.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|len| len > limit as u64) {
        return Err(too_large(limit));
    }
    let Ok(Client(client)) = Client::from_request_parts(&mut parts, state).await;
    let arriving = state.bodies.begin(client);
    let body = tokio::select! {
        whole = tokio::time::timeout(BODY_TIMEOUT, read(body, limit, &arriving)) => whole,
        refusal = arriving.cut() => return Err(refusal),
    };
    let body = body.map_err(|_| ProblemResponse::invalid("The body did not arrive within 30 seconds."))??;
    Ok((parts, body))
}

async fn read(body: Body, limit: usize, arriving: &Arriving) -> Result<Bytes, ProblemResponse> {
    let mut whole = BytesMut::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ProblemResponse::invalid("The body ended before its announced length."))?;
        if whole.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        arriving.grow(chunk.len())?;
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

fn too_large(limit: usize) -> ProblemResponse {
    let detail = format!("The body of this request has at most {limit} bytes.");
    Problem::new(ProblemType::BodyTooLarge).with_detail(detail).into()
}

/// What is wrong with a body, in words that come from our types and never from the body.
///
/// serde quotes what it found before it says what it expected; the second half is ours.
fn explain(error: &serde_json::Error) -> String {
    let place = format!("(line {}, column {})", error.line(), error.column());
    let text = error.to_string();
    let message = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    let quotes = [
        "invalid type",
        "invalid value",
        "invalid length",
        "unknown field",
        "unknown variant",
    ];
    if !error.is_data() {
        return format!("The body is no JSON: {message} {place}.");
    }
    match quotes.iter().find(|quote| message.starts_with(*quote)) {
        None => format!("The body does not fit: {message} {place}."),
        Some(quote) => match message.rsplit_once(", expected ") {
            Some((_, expected)) => format!("The body does not fit: {quote}, expected {expected} {place}."),
            None => format!("The body does not fit: {quote} {place}."),
        },
    }
}

#[cfg(test)]
mod tests {
    use sealdrop_api::{
        claims::NewClaim,
        links::{LinkChange, NewLink},
        uploads::NewUpload,
    };

    use super::*;

    fn refused<T: DeserializeOwned>(body: &str) -> String {
        serde_json::from_str::<T>(body)
            .err()
            .map(|error| explain(&error))
            .unwrap_or_default()
    }

    #[test]
    fn it_helps() {
        assert_eq!(
            refused::<NewUpload>(r#"{"object_id": 7}"#),
            "The body does not fit: invalid type, expected a string (line 1, column 15)."
        );
        assert!(refused::<NewUpload>("{}").contains("missing field `object_id`"));
        assert!(refused::<LinkChange>(r#"{"x": 1}"#).contains("expected one of `expires_in`"));
        assert!(refused::<NewUpload>("{").starts_with("The body is no JSON: EOF"));
        assert!(refused::<NewUpload>(r#"{"object_id":"short"}"#).contains("exactly 22 base64url characters"));
    }

    #[test]
    fn it_never_quotes_the_body() {
        const CANARY: &str = "canary-expected-canary";
        let bodies = [
            format!(r#"{{"{CANARY}": 1}}"#),
            format!(r#"{{"x, expected {CANARY}": 1}}"#),
            format!(r#""{CANARY}""#),
            format!(r#""a, expected {CANARY}""#),
            format!(r#"{{"object_id": "{CANARY}"}}"#),
            format!(r#"{{"object_id": ["{CANARY}"]}}"#),
            format!(r#"{{"part_len": "{CANARY}"}}"#),
            format!(r#"{{"auth": "{CANARY}"}}"#),
            format!(r#"{{"purpose": "{CANARY}"}}"#),
            format!(r#"{{"purpose": "a`, expected `{CANARY}"}}"#),
            format!(r#"{{"payload": "{CANARY}!"}}"#),
            CANARY.to_owned(),
            format!("[{CANARY}"),
        ];
        for body in &bodies {
            for said in [
                refused::<NewUpload>(body),
                refused::<NewLink>(body),
                refused::<NewClaim>(body),
                refused::<LinkChange>(body),
            ] {
                assert!(!said.is_empty() && !said.contains("canary"), "{body} → {said}");
            }
        }
    }
}
