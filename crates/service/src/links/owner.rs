//! Who asks for a link as its owner: by the token of its transfer, or signed in as the user whose link it is.

use sealdrop_api::{OwnerToken, ProblemType};

use crate::{auth::Signed, error::ServiceError, proof, store::links::Link};

/// What the owner of a link shows.
#[derive(Debug, Clone, Copy)]
pub enum LinkOwner<'a> {
    /// The token of the transfer, signed in or not.
    Token(&'a OwnerToken),
    /// A session or an access token.
    User(&'a Signed),
}

impl<'a> From<&'a OwnerToken> for LinkOwner<'a> {
    fn from(token: &'a OwnerToken) -> Self {
        Self::Token(token)
    }
}

impl<'a> From<&'a Signed> for LinkOwner<'a> {
    fn from(signed: &'a Signed) -> Self {
        Self::User(signed)
    }
}

/// The link, if it is theirs; else the same answer as if there were none.
pub(super) fn owned_by(found: Option<Link>, owner: LinkOwner<'_>) -> Result<Link, ServiceError> {
    let is_theirs = match owner {
        LinkOwner::Token(token) => {
            let stored = found.as_ref().and_then(|link| link.token_hash.as_deref());
            proof::fits(stored, &proof::digest(token.as_bytes()))
        }
        LinkOwner::User(signed) => found.as_ref().and_then(Link::user) == Some(signed.user_id()),
    };
    found
        .filter(|_| is_theirs)
        .ok_or_else(|| ProblemType::LinkNotFound.into())
}
