//! Access tokens: being the user without a browser.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    endpoint::{Endpoint, Method, NoBody},
    ids::TokenId,
    secrets::AccessToken,
};

/// What an access token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Send, and make links.
    Send,
    /// See what the user has.
    Read,
    /// Change and end what the user has.
    Manage,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 3] = [Self::Send, Self::Read, Self::Manage];

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }
}

/// Body of `POST account/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is called.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// What it may do.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 3))]
    pub scopes: Vec<Scope>,
    /// Seconds for which it is good; 90 days if nothing is said, a year at most.
    #[serde(
        default,
        deserialize_with = "crate::integer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(minimum = 60, maximum = 31_536_000))]
    pub expires_in: Option<u64>,
}

/// `POST account/tokens`: makes one. Needs a step-up.
#[derive(Debug, Clone)]
pub struct CreateToken {
    /// The body.
    pub body: NewToken,
}

impl Endpoint for CreateToken {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/account/tokens";
    type Body = NewToken;
    type Response = TokenMade;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NewToken {
        &self.body
    }
}

/// A new access token. It is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenMade {
    /// Its id.
    pub token_id: TokenId,
    /// What goes behind `Authorization: Bearer`.
    pub token: AccessToken,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
}

/// `GET account/tokens`.
#[derive(Debug, Clone, Copy)]
pub struct ListTokens;

impl Endpoint for ListTokens {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/account/tokens";
    type Body = NoBody;
    type Response = TokenList;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET account/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenList {
    /// Those that are good, the newest first.
    pub tokens: Vec<AccessTokenStatus>,
}

/// One access token, without what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessTokenStatus {
    /// Its id.
    pub token_id: TokenId,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// When it was last used, to five minutes.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub seen_at: Option<OffsetDateTime>,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
    /// Whether it is the one that asks.
    #[serde(default)]
    pub is_current: bool,
}

/// `DELETE account/tokens/{token_id}`: ends one.
#[derive(Debug, Clone)]
pub struct RevokeToken {
    /// Which one.
    pub token_id: TokenId,
}

impl Endpoint for RevokeToken {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/account/tokens/{token_id}";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        format!("/api/v1/account/tokens/{}", self.token_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
