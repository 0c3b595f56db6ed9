//! The owner of a link: by the token of its transfer, or signed in.

use axum::extract::FromRequestParts;
use http::request::Parts;
use sealdrop_api::{OwnerToken, TOKEN_HEADER};
use sealdrop_service::{LinkOwner, Signed};

use super::{signed::SignedUser, token::Token};
use crate::problem::ProblemResponse;

/// What the owner of a link shows. The token of the transfer goes first: a browser that is signed in sends its cookie as well.
pub(crate) enum Owner {
    /// The token of the transfer.
    Token(OwnerToken),
    /// A session or an access token.
    User(Signed),
}

impl Owner {
    pub(crate) fn as_ref(&self) -> LinkOwner<'_> {
        match self {
            Self::Token(token) => LinkOwner::Token(token),
            Self::User(signed) => LinkOwner::User(signed),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProblemResponse> {
        if parts.headers.contains_key(TOKEN_HEADER) {
            let Token(token) = Token::from_request_parts(parts, state).await?;
            return Ok(Self::Token(token));
        }
        let SignedUser(signed) = SignedUser::from_request_parts(parts, state).await?;
        Ok(Self::User(signed))
    }
}
