//! The owner token from its header.

use axum::extract::FromRequestParts;
use http::request::Parts;
use sealdrop_api::{OwnerToken, ProblemType, TOKEN_HEADER};

use crate::problem::ProblemResponse;

/// The token of the transfer that the request speaks for.
pub(crate) struct Token(pub(crate) OwnerToken);

impl<S: Sync> FromRequestParts<S> for Token {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ProblemResponse> {
        let mut values = parts.headers.get_all(TOKEN_HEADER).iter();
        let token = values
            .next()
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse().ok());
        match (token, values.next()) {
            (Some(token), None) => Ok(Self(token)),
            _ => Err(ProblemType::TokenMissing.into()),
        }
    }
}
