//! What is sold.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Method, NoBody};

/// `GET plans`: what is sold, the cheapest first.
#[derive(Debug, Clone, Copy)]
pub struct ListPlans;

impl Endpoint for ListPlans {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/plans";
    type Body = NoBody;
    type Response = PlanList;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// What is sold; nothing where the server takes no money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanList {
    /// Each with its price.
    pub plans: Vec<Plan>,
    /// Whether the provider is in its test mode: no money moves.
    pub is_test: bool,
}

/// A plan that is sold. Lengths in sealed bytes, durations in seconds; what is left out is as for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// What orders name it by.
    pub name: String,
    /// In the smallest unit of the currency, tax included.
    pub price: u64,
    /// ISO 4217.
    pub currency: String,
    /// Calendar months that one payment is for.
    pub months: u32,
    /// What a user may hold.
    pub storage_bytes: u64,
    /// What one link may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_link_bytes: Option<u64>,
    /// How long a link may live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_expires_in: Option<u64>,
    /// How often a link may be downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_downloads: Option<u32>,
}
