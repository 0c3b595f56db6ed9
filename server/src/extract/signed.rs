//! The user who is signed in, as the layer before found them.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use sealdrop_api::ProblemType;
use sealdrop_service::Signed;

use crate::problem::ProblemResponse;

/// Who is signed in, on a route that is for users.
pub(crate) struct SignedUser(pub(crate) Signed);

impl<S: Sync> FromRequestParts<S> for SignedUser {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ProblemResponse> {
        let signed = parts.extensions.get::<Signed>().cloned();
        signed.map(Self).ok_or_else(|| ProblemType::Unauthenticated.into())
    }
}

/// Who is signed in, if anybody is, on a route that asks for it.
pub(crate) struct MaybeSigned(pub(crate) Option<Signed>);

impl<S: Sync> FromRequestParts<S> for MaybeSigned {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Signed>().cloned()))
    }
}
