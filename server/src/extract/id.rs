//! Ids from the path. A malformed id gets the same answer as an unknown one.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use sealdrop_api::{ClaimId, InvoiceId, LinkId, ObjectId, OrderId, ProblemType, SessionId, TokenId};

use crate::problem::ProblemResponse;

/// Ids that appear in paths.
pub(crate) trait PathId: FromStr + Send {
    /// The answer for an unknown id.
    const UNKNOWN: ProblemType;
}

impl PathId for ObjectId {
    const UNKNOWN: ProblemType = ProblemType::UploadNotFound;
}
impl PathId for LinkId {
    const UNKNOWN: ProblemType = ProblemType::LinkNotFound;
}
impl PathId for SessionId {
    const UNKNOWN: ProblemType = ProblemType::SessionNotFound;
}
impl PathId for TokenId {
    const UNKNOWN: ProblemType = ProblemType::AccessTokenNotFound;
}
impl PathId for OrderId {
    const UNKNOWN: ProblemType = ProblemType::OrderNotFound;
}
impl PathId for InvoiceId {
    const UNKNOWN: ProblemType = ProblemType::InvoiceNotFound;
}
impl PathId for ClaimId {
    const UNKNOWN: ProblemType = ProblemType::ClaimNotFound;
}

fn parse<T: PathId>(text: &str) -> Result<T, ProblemResponse> {
    text.parse().map_err(|_| T::UNKNOWN.into())
}

/// The one id of a path.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: PathId, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProblemResponse> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| T::UNKNOWN)?;
        parse(&text).map(Self)
    }
}

/// The two ids of a path.
pub(crate) struct Ids<T, U>(pub(crate) T, pub(crate) U);

impl<T: PathId, U: PathId, S: Send + Sync> FromRequestParts<S> for Ids<T, U> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProblemResponse> {
        let Path((first, second)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|_| T::UNKNOWN)?;
        Ok(Self(parse(&first)?, parse(&second)?))
    }
}
