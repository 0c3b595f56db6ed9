//! What happened to a link, for its owner.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    endpoint::{Endpoint, Method, NoBody},
    ids::LinkId,
};

/// `GET links/{link_id}/events`: what happened to a link in the last 90 days.
#[derive(Debug, Clone)]
pub struct ListLinkEvents {
    /// Which one.
    pub link_id: LinkId,
}

impl Endpoint for ListLinkEvents {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/links/{link_id}/events";
    type Body = NoBody;
    type Response = LinkEvents;

    fn path(&self) -> String {
        format!("/api/v1/links/{}/events", self.link_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET links/{link_id}/events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkEvents {
    /// The newest first, at most 500.
    pub events: Vec<LinkEvent>,
}

/// Something that happened to a link, as often as it did within one hour. Neither an address nor a browser is kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkEvent {
    /// When it did last within that hour.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: OffsetDateTime,
    /// What.
    pub kind: LinkEventKind,
    /// How often.
    pub n: u64,
}

/// What can happen to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkEventKind {
    /// The list was opened with the complete link.
    Opened,
    /// A download began.
    Started,
    /// A download was finished and verified.
    Finished,
    /// A download stopped before its end. One that goes on later finishes none the less.
    Failed,
    /// Its owner extended, limited or paused it, or changed what it says.
    Changed,
}
