//! Where an upload stands, and why it ended.

use serde::{Deserialize, Serialize};

/// Where an upload stands. States only move forward; `aborting` and `aborted` are the side exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// The room is kept; the bucket does not know of it yet.
    Reserved,
    /// Parts may be sent.
    Uploading,
    /// The bucket is putting the parts together.
    Completing,
    /// The result is being compared with the plan.
    Verifying,
    /// The object is whole; a link may take it.
    Committed,
    /// Its bytes are being removed.
    Deleting,
    /// Its bytes are gone; the id stays used.
    Deleted,
    /// It is being given up.
    Aborting,
    /// It was given up.
    Aborted,
}

/// Why an upload was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AbortReason {
    /// The sender said so.
    Cancelled,
    /// It was untouched for 72 hours, or for 24 where no part was ever asked for.
    Expired,
    /// What arrived is not what was announced, or no sealed object.
    Refused,
}
