//! Sessions: signing in, the list of them, ending one.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    account::{Account, Scope, TokenMade},
    endpoint::{Endpoint, Method, NoBody},
    ids::SessionId,
    secrets::Challenge,
    texts::CodeText,
};

/// What signing in makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SessionKind {
    /// A session, as a cookie.
    Session,
    /// An access token. Needs `name` and `scopes`.
    Token,
}

/// Body of `POST auth/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The code that the mail brought.
    pub code: CodeText,
    /// What `POST auth/codes` answered. Browsers have it in a cookie instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// What to make; a session if nothing is said.
    #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SessionKind>,
    /// What the token is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// What the token may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 3))]
    pub scopes: Option<Vec<Scope>>,
}

/// `POST auth/sessions`: signs in with a code. Who was no user is one afterwards.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The body.
    pub body: NewSession,
}

impl Endpoint for SignIn {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/auth/sessions";
    type Body = NewSession;
    type Response = SignedIn;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NewSession {
        &self.body
    }
}

/// Answer of `POST auth/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// Who is signed in.
    pub user: Account,
    /// Whether this was the first time.
    pub is_new: bool,
    /// The access token, if one was asked for. It is shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenMade>,
}

/// `GET auth/sessions`: where the user is signed in.
#[derive(Debug, Clone, Copy)]
pub struct ListSessions;

impl Endpoint for ListSessions {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/auth/sessions";
    type Body = NoBody;
    type Response = SessionList;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET auth/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// Those that are live, the one used last first.
    pub sessions: Vec<SessionStatus>,
}

/// One session. Nothing in it says from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionStatus {
    /// Its id.
    pub session_id: SessionId,
    /// The browser's name, where it said one.
    pub browser: Option<String>,
    /// The system's name, where it said one.
    pub system: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// When it was last used, to five minutes.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub seen_at: OffsetDateTime,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// `DELETE auth/sessions/{session_id}`: ends one of the user's sessions.
#[derive(Debug, Clone)]
pub struct EndSession {
    /// Which one.
    pub session_id: SessionId,
}

impl Endpoint for EndSession {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/auth/sessions/{session_id}";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        format!("/api/v1/auth/sessions/{}", self.session_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// `DELETE auth/sessions/current`: signs out. Who asks with an access token revokes that.
#[derive(Debug, Clone, Copy)]
pub struct EndCurrentSession;

impl Endpoint for EndCurrentSession {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/auth/sessions/current";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
