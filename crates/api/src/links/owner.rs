//! What the owner of a link may do: make, look up, change and revoke it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    base64url::SealedBytes,
    endpoint::{Endpoint, Method, NoBody},
    ids::{LinkId, LinkSeed, ObjectId},
    secrets::Verifier,
};

/// Body of `POST links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// Made by the client; the link's id is derived from it.
    pub link_seed: LinkSeed,
    /// SHA-256 of the link's bearer.
    pub verifier: Verifier,
    /// The sealed payload, revision 1.
    pub payload: SealedBytes,
    /// The object that holds the list of files, when the payload is too small for it.
    pub manifest: Option<ObjectId>,
    /// Seconds until the link ends, at most what the server allows.
    #[cfg_attr(feature = "openapi", schema(minimum = 60, maximum = 316_224_000))]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub expires_in: u64,
    /// Downloads until the link ends, at most what the server allows.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub max_downloads: u32,
}

impl NewLink {
    /// The id of the link.
    #[must_use]
    pub fn link_id(&self) -> LinkId {
        self.link_seed.link_id()
    }
}

/// `POST links`: makes a link to all committed uploads of the token. Repeating it answers the same.
#[derive(Debug, Clone)]
pub struct CreateLink {
    /// The body.
    pub body: NewLink,
}

impl Endpoint for CreateLink {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/links";
    type Body = NewLink;
    type Response = LinkCreated;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NewLink {
        &self.body
    }
}

/// Answer of `POST links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkCreated {
    /// As derived from the seed.
    pub link_id: LinkId,
    /// When it ends, by the server's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
    /// As set.
    pub max_downloads: u32,
    /// Sealed bytes of all its objects.
    pub sealed_bytes: u64,
    /// Scheme and authority below which it is opened, such as `https://files.example.net`; the server's own where it says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// Whether a link opens, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It opens.
    Active,
    /// Its time is over.
    Expired,
    /// Its downloads are used.
    Exhausted,
    /// Its owner closed it.
    Revoked,
    /// The operator of the server removed it.
    Removed,
}

/// `GET links/{link_id}`: what its owner may know.
#[derive(Debug, Clone)]
pub struct GetLink {
    /// Which one.
    pub link_id: LinkId,
}

impl Endpoint for GetLink {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/links/{link_id}";
    type Body = NoBody;
    type Response = LinkStatus;

    fn path(&self) -> String {
        format!("/api/v1/links/{}", self.link_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// `GET links`: the links of the user, the newest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListLinks {
    /// Links to leave out at the start: `next` of the page before.
    pub after: u32,
}

impl Endpoint for ListLinks {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/links";
    type Body = NoBody;
    type Response = LinkList;

    fn path(&self) -> String {
        format!("{}?after={}", Self::PATH, self.after)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkList {
    /// The newest first, at most 100; those that ended stay for 30 days.
    pub links: Vec<LinkStatus>,
    /// What to ask `after` for the next page; null at the end. A link that was made meanwhile makes the next page repeat one.
    pub next: Option<u32>,
}

/// Answer of `GET` and `PATCH links/{link_id}`, and in the list of `GET links`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkStatus {
    /// Which one.
    pub link_id: LinkId,
    /// Whether it opens.
    pub state: LinkState,
    /// When it ends or ended.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
    /// Downloads at most.
    pub max_downloads: u32,
    /// Revision of the payload.
    pub rev: u64,
    /// How often the list was opened with the complete link.
    pub opened: u64,
    /// Downloads going on.
    pub active: u32,
    /// Downloads finished and verified.
    pub used: u32,
    /// Downloads that ended without.
    pub failed: u32,
    /// Sealed bytes of all its objects.
    pub sealed_bytes: u64,
    /// Of an exhausted link: until when its objects stay, so that a higher `max_downloads` makes it active again. Else null.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub revivable_until: Option<OffsetDateTime>,
    /// When it was made; absent from a server that is older than this member.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub created_at: Option<OffsetDateTime>,
    /// Whether its owner has paused it: an active link opens for nobody then.
    #[serde(default)]
    pub paused: bool,
}

/// Body of `PATCH links/{link_id}`: only what is there changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkChange {
    /// Seconds from now until the link ends.
    #[serde(
        default,
        deserialize_with = "crate::integer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(minimum = 60, maximum = 316_224_000))]
    pub expires_in: Option<u64>,
    /// Downloads at most, never fewer than are used and going on. The number that is used closes the link; a higher one opens
    /// an exhausted link again until its `revivable_until`.
    #[serde(
        default,
        deserialize_with = "crate::integer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    pub max_downloads: Option<u32>,
    /// The old revision plus one; goes with `payload`.
    #[serde(
        default,
        deserialize_with = "crate::integer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9_007_199_254_740_991_u64))]
    pub rev: Option<u64>,
    /// The payload, sealed again for `rev`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<SealedBytes>,
    /// Whether it is paused: nobody opens it or begins a download, and those that go on come to their end. Nothing is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// The new verifier, when the password changed with the payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifier: Option<Verifier>,
}

/// `PATCH links/{link_id}`: extend, limit, pause, or replace the payload.
#[derive(Debug, Clone)]
pub struct ChangeLink {
    /// Which one.
    pub link_id: LinkId,
    /// The body.
    pub body: LinkChange,
}

impl Endpoint for ChangeLink {
    const METHOD: Method = Method::Patch;
    const PATH: &'static str = "/api/v1/links/{link_id}";
    type Body = LinkChange;
    type Response = LinkStatus;

    fn path(&self) -> String {
        format!("/api/v1/links/{}", self.link_id)
    }
    fn body(&self) -> &LinkChange {
        &self.body
    }
}

/// `DELETE links/{link_id}`: close it immediately.
#[derive(Debug, Clone)]
pub struct RevokeLink {
    /// Which one.
    pub link_id: LinkId,
}

impl Endpoint for RevokeLink {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/links/{link_id}";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        format!("/api/v1/links/{}", self.link_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
