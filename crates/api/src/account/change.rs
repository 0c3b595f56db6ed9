//! Changing the account: its address, and which notices are sent.

use serde::{Deserialize, Serialize};

use super::get::Account;
use crate::{
    endpoint::{Endpoint, Method},
    secrets::Challenge,
    texts::CodeText,
};

/// Body of `PATCH account`: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// The code that was sent to the new address, asked for with the purpose `change-email` by the same session: the account gets that
    /// address, and all other sessions and all access tokens end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeText>,
    /// What `POST auth/codes` answered, with `code`. Browsers have it in a cookie instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// Which notices are sent by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notices: Option<NoticesChange>,
}

/// What is to change of the notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticesChange {
    /// A sign-in on a new device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_device: Option<bool>,
    /// A download of one of the user's links that was complete and verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_downloaded: Option<bool>,
    /// A link of the user that expires within a day and that nobody has downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_unused: Option<bool>,
    /// Storage that is 80% used, or full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<bool>,
    /// One mail a day with what happened to links and storage, instead of single ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily: Option<bool>,
}

/// `PATCH account`: all of it is changed, or nothing.
#[derive(Debug, Clone)]
pub struct ChangeAccount {
    /// The body.
    pub body: AccountChange,
}

impl Endpoint for ChangeAccount {
    const METHOD: Method = Method::Patch;
    const PATH: &'static str = "/api/v1/account";
    type Body = AccountChange;
    type Response = Account;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &AccountChange {
        &self.body
    }
}
