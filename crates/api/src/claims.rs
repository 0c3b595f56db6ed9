//! Claims: a leased place on a link. A click makes one, reading renews it, a verified download commits it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    endpoint::{Endpoint, Method},
    ids::{ClaimId, LinkId, ObjectId},
    links::{ObjectUrl, Proof},
    secrets::LinkAuth,
};

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    /// It holds a place.
    Active,
    /// Its download is counted; it may read on until `resume_until`.
    Committed,
    /// It gave its place back.
    Released,
    /// Its lease ran out; it goes on if a place is free.
    Lapsed,
}

/// What the reading is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To save: takes a place.
    Download,
    /// To look: takes none, unless the link says so.
    Preview,
}

/// Body of `POST links/{link_id}/claims`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    /// The bearer.
    pub auth: LinkAuth,
    /// 16 random bytes made by the client.
    pub claim_id: ClaimId,
    /// What the reading is for.
    pub purpose: Purpose,
}

/// `POST links/{link_id}/claims`: takes a place. Repeating it with the same id takes no second one.
#[derive(Debug, Clone)]
pub struct CreateClaim {
    /// Of which link.
    pub link_id: LinkId,
    /// The body.
    pub body: NewClaim,
}

impl Endpoint for CreateClaim {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/links/{link_id}/claims";
    type Body = NewClaim;
    type Response = ClaimStatus;

    fn path(&self) -> String {
        format!("/api/v1/links/{}/claims", self.link_id)
    }
    fn body(&self) -> &NewClaim {
        &self.body
    }
}

/// Answer of `POST …/claims`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimStatus {
    /// Where it stands.
    pub state: ClaimState,
    /// Until when the place is held without a sign of life.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub lease_until: OffsetDateTime,
    /// Until when the same claim may be resumed.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub resume_until: OffsetDateTime,
}

/// Body of `POST …/claims/{claim_id}/urls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectsToSign {
    /// The bearer.
    pub auth: LinkAuth,
    /// At most 16 objects of the link.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 16))]
    pub objects: Vec<ObjectId>,
}

/// `POST …/claims/{claim_id}/urls`: presigned GETs; renews the lease.
#[derive(Debug, Clone)]
pub struct SignObjects {
    /// Of which link.
    pub link_id: LinkId,
    /// Under which claim.
    pub claim_id: ClaimId,
    /// The body.
    pub body: ObjectsToSign,
}

impl Endpoint for SignObjects {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/links/{link_id}/claims/{claim_id}/urls";
    type Body = ObjectsToSign;
    type Response = ObjectUrls;

    fn path(&self) -> String {
        format!("/api/v1/links/{}/claims/{}/urls", self.link_id, self.claim_id)
    }
    fn body(&self) -> &ObjectsToSign {
        &self.body
    }
}

/// Answer of `POST …/claims/{claim_id}/urls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectUrls {
    /// One for each object that was asked for, in that order.
    pub urls: Vec<ObjectUrl>,
    /// Until when the place is held now.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub lease_until: OffsetDateTime,
}

/// `POST …/claims/{claim_id}/commit`: the download is complete and verified; counts it once.
#[derive(Debug, Clone)]
pub struct CommitClaim {
    /// Of which link.
    pub link_id: LinkId,
    /// Which claim.
    pub claim_id: ClaimId,
    /// The body.
    pub body: Proof,
}

impl Endpoint for CommitClaim {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/links/{link_id}/claims/{claim_id}/commit";
    type Body = Proof;
    type Response = ClaimProgress;

    fn path(&self) -> String {
        format!("/api/v1/links/{}/claims/{}/commit", self.link_id, self.claim_id)
    }
    fn body(&self) -> &Proof {
        &self.body
    }
}

/// Why a claim gives its place back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// The person stopped it.
    Cancelled,
    /// It did not come to a verified end.
    Failed,
    /// Its page was closed. The place is free immediately; the same claim takes it again later if it is still free.
    Left,
}

/// Body of `POST …/claims/{claim_id}/release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The bearer.
    pub auth: LinkAuth,
    /// Why.
    pub reason: ReleaseReason,
}

/// `POST …/claims/{claim_id}/release`: gives the place back.
#[derive(Debug, Clone)]
pub struct ReleaseClaim {
    /// Of which link.
    pub link_id: LinkId,
    /// Which claim.
    pub claim_id: ClaimId,
    /// The body.
    pub body: Release,
}

impl Endpoint for ReleaseClaim {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/links/{link_id}/claims/{claim_id}/release";
    type Body = Release;
    type Response = ClaimProgress;

    fn path(&self) -> String {
        format!("/api/v1/links/{}/claims/{}/release", self.link_id, self.claim_id)
    }
    fn body(&self) -> &Release {
        &self.body
    }
}

/// Answer of a claim's `commit` and `release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimProgress {
    /// Where it stands.
    pub state: ClaimState,
}
