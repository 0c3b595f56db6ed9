//! Everything that the server holds about a user.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    account::{AccessTokenStatus, Account},
    auth::SessionStatus,
    billing::{Invoice, Order},
    endpoint::{Endpoint, Method, NoBody},
    ids::LinkId,
    links::{LinkEvent, LinkState},
};

/// `GET account/export`. Needs a step-up.
#[derive(Debug, Clone, Copy)]
pub struct ExportAccount;

impl Endpoint for ExportAccount {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/account/export";
    type Body = NoBody;
    type Response = AccountExport;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Everything that the server holds about a user. No file, no key and no value that signs in: of those it holds hashes at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountExport {
    /// When it was put together.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub exported_at: OffsetDateTime,
    /// The account itself.
    pub account: Account,
    /// Where they are signed in.
    pub sessions: Vec<SessionStatus>,
    /// Their access tokens that are good.
    pub tokens: Vec<AccessTokenStatus>,
    /// Their links, the newest first, until 30 days after their end.
    pub links: Vec<LinkRecord>,
    /// Browsers and terminals that they signed in on, the one used last first; forgotten a year after that.
    pub devices: Vec<DeviceRecord>,
    /// Mails of the last 30 days, the newest first, without what they said.
    pub mails: Vec<MailRecord>,
    /// What notices told or are to tell, of the last 30 days, the newest first.
    #[serde(default)]
    pub notices: Vec<NoticeRecord>,
    /// What they ordered, the newest first.
    pub orders: Vec<Order>,
    /// Their invoices and credit notes, the newest first.
    pub invoices: Vec<Invoice>,
}

/// A link of a user. What it is called and what is in it only who has its key can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkRecord {
    /// Its id.
    pub link_id: LinkId,
    /// Whether it opens, or why not.
    pub state: LinkState,
    /// Sealed bytes of what is in it.
    pub sealed_bytes: u64,
    /// Downloads that it allows.
    pub max_downloads: u32,
    /// Downloads that were finished.
    pub used: u32,
    /// How often it was opened.
    pub opened: u64,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// When it ends or was to end.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
    /// What happened to it in the last 90 days, by the hour, the newest first; of all links together the newest 20,000 entries.
    #[serde(default)]
    pub events: Vec<LinkEvent>,
}

/// A browser or terminal that a user signed in on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceRecord {
    /// The browser's name, where it said one.
    pub browser: Option<String>,
    /// The system's name, where it said one.
    pub system: Option<String>,
    /// When they first signed in there.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// And when last.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub seen_at: OffsetDateTime,
}

/// A mail to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailRecord {
    /// Why it was sent, such as `new-device`.
    pub reason: String,
    /// `waiting`, `sent`, `failed` or `expired`.
    pub state: String,
    /// What caused it happened then.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub made_at: OffsetDateTime,
}

/// What a notice told a user, or is to tell them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeRecord {
    /// `link-downloaded`, `link-unused` or `storage`.
    pub kind: String,
    /// The link that it is about.
    pub link_id: Option<LinkId>,
    /// How often it happened.
    pub times: u64,
    /// Whether a mail was made of it.
    pub is_told: bool,
    /// When it happened first.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub made_at: OffsetDateTime,
}
