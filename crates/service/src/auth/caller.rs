//! Who is calling: an access token, else a session, else nobody.

use sealdrop_api::{AccessToken, Problem, ProblemType, SessionToken, account::Scope};

use crate::{error::ServiceError, service::Service};

/// What a request shows of its user. The presence of `Authorization` decides: cookies are ignored then.
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// Nothing, or nothing that could be right.
    #[default]
    None,
    /// An access token.
    Token(AccessToken),
    /// A session's cookie.
    Session(SessionToken),
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody that is known.
    Guest,
    /// A user.
    User(Signed),
}

/// A user who is signed in, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub(super) user: [u8; 16],
    pub(super) by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    Session { id: [u8; 16], is_stepped_up: bool },
    Token { id: [u8; 16], scopes: Vec<Scope> },
}

/// The next value of a session's cookie: the browser has to be given it.
pub type Renewed = Option<SessionToken>;

impl Signed {
    /// Whose row it is.
    pub(crate) fn user_id(&self) -> [u8; 16] {
        self.user
    }

    /// The session, where it is one.
    pub(super) fn session(&self) -> Option<[u8; 16]> {
        match self.by {
            By::Session { id, .. } => Some(id),
            By::Token { .. } => None,
        }
    }

    /// The access token, where it is one.
    pub(super) fn token(&self) -> Option<[u8; 16]> {
        match self.by {
            By::Token { id, .. } => Some(id),
            By::Session { .. } => None,
        }
    }

    /// Whether it is a session, and not an access token.
    #[must_use]
    pub fn is_session(&self) -> bool {
        self.session().is_some()
    }

    /// Whether this may be done with what the caller has: a session may do everything.
    ///
    /// # Errors
    /// `scope`, with the one that the access token lacks.
    pub fn check_scope(&self, needed: Scope) -> Result<(), ServiceError> {
        match &self.by {
            By::Token { scopes, .. } if !scopes.contains(&needed) => Err(Problem::scope(needed).into()),
            _ => Ok(()),
        }
    }

    /// Whether they showed within the last ten minutes that it is them.
    ///
    /// # Errors
    /// `step-up-needed`; always for an access token.
    pub fn check_stepped_up(&self) -> Result<(), ServiceError> {
        match self.by {
            By::Session {
                is_stepped_up: true, ..
            } => Ok(()),
            _ => Err(ProblemType::StepUpNeeded.into()),
        }
    }
}

impl Service {
    /// Who is calling. Nothing that it writes delays the answer or is part of what the request does.
    ///
    /// # Errors
    /// When the database fails: then nobody is taken for a guest.
    pub async fn who(&self, credentials: &Credentials) -> Result<(Caller, Renewed), ServiceError> {
        match credentials {
            Credentials::None => Ok((Caller::Guest, None)),
            Credentials::Token(token) => Ok((self.find_token(token).await?, None)),
            Credentials::Session(token) => Ok(self.find_session(token).await?),
        }
    }
}
