//! Who is signed in, and what they hold.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    endpoint::{Endpoint, Method, NoBody},
    texts::EmailText,
};

/// `GET account`.
#[derive(Debug, Clone, Copy)]
pub struct GetAccount;

impl Endpoint for GetAccount {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/account";
    type Body = NoBody;
    type Response = Account;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// A user as they see themselves. Lengths in sealed bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Where mail to them goes.
    pub email: EmailText,
    /// Name of their plan.
    pub plan: String,
    /// When they first signed in.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// What they hold.
    pub used_bytes: u64,
    /// What is kept free for uploads that go on.
    pub reserved_bytes: u64,
    /// What they may hold.
    pub quota_bytes: u64,
    /// Which notices are sent to them by mail.
    pub notices: Notices,
}

/// Mails that a user may turn off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notices {
    /// A sign-in on a new device.
    pub new_device: bool,
    /// A download of one of the user's links that was complete and verified.
    #[serde(default)]
    pub link_downloaded: bool,
    /// A link of the user that expires within a day and that nobody has downloaded.
    #[serde(default)]
    pub link_unused: bool,
    /// Storage that is 80% used, or full.
    #[serde(default)]
    pub storage: bool,
    /// Whether what happened to links and storage comes in one mail a day, in the morning (7:00 UTC), instead of single ones.
    #[serde(default)]
    pub daily: bool,
}
