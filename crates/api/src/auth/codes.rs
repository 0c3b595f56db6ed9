//! Asking for a code by mail.

use serde::{Deserialize, Serialize};

use crate::{
    endpoint::{Endpoint, Method},
    secrets::Challenge,
    texts::EmailText,
};

/// What a code is for. It is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CodePurpose {
    /// To sign in, or to become a user. Needs `email`.
    SignIn,
    /// To show again that it is you, for what matters. Needs a session, whose user the code is sent to; `email` is refused.
    StepUp,
    /// To change the address of the account. Needs a session that stepped up, and `new_email`, where the code is sent to.
    ChangeEmail,
}

/// Body of `POST auth/codes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    /// What it is for.
    pub purpose: CodePurpose,
    /// Who signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailText>,
    /// The address that the account is to have, with `change-email` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_email: Option<EmailText>,
    /// The challenge of an earlier answer: the same code is sent again, three times at most. Browsers have it in a cookie instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
}

/// `POST auth/codes`: sends a code by mail, or the same one again. The answer is the same whatever the address.
#[derive(Debug, Clone)]
pub struct AskCode {
    /// The body.
    pub body: NewCode,
}

impl Endpoint for AskCode {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/auth/codes";
    type Body = NewCode;
    type Response = CodeAsked;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NewCode {
        &self.body
    }
}

/// Answer of `POST auth/codes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeAsked {
    /// Seconds for which the code is good.
    pub expires_in: u64,
    /// Seconds after which it can be sent again.
    pub resend_in: u64,
    /// What comes back with the code. Only for who is no browser: a browser has it as a cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
}
