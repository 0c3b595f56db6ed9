//! Where the cookie's challenge stands: a tab that was reloaded comes back to its code.

use serde::{Deserialize, Serialize};

use super::codes::CodePurpose;
use crate::{
    endpoint::{Endpoint, Method, NoBody},
    texts::EmailText,
};

/// `GET auth/challenge`.
#[derive(Debug, Clone, Copy)]
pub struct GetChallenge;

impl Endpoint for GetChallenge {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/auth/challenge";
    type Body = NoBody;
    type Response = Option<ChallengeStatus>;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET auth/challenge`; nothing (204) where no code is good any more, or none was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChallengeStatus {
    /// What its code is for.
    pub purpose: CodePurpose,
    /// Where the code was sent.
    pub email: EmailText,
    /// Seconds for which the code is good.
    pub expires_in: u64,
    /// Seconds after which it can be sent again.
    pub resend_in: u64,
    /// Codes that may still be typed.
    pub tries_left: u32,
}
