//! What a running transfer emits.

use sealdrop_api::ClaimId;
use sealdrop_model::{Renamed, TransferProgress};

use crate::{download::checkpoint::Checkpoint, platform::sinks::Proof};

/// What an upload tells.
#[derive(Debug, Clone, PartialEq)]
pub enum UploadEvent {
    /// Names that had to change before they could travel, old and new. At most once, before any progress.
    Renamed(Vec<Renamed>),
    /// Where it stands: about four a second, and at every change of stage.
    Progress(TransferProgress),
}

/// What a download tells.
#[derive(Debug, Clone, PartialEq)]
pub enum DownloadEvent {
    /// Where it stands: about four a second, and at every change of stage.
    Progress(TransferProgress),
    /// A file has its name now.
    FileDone {
        /// Its place in the list.
        index: usize,
        /// How much is proven.
        proof: Proof,
    },
    /// The place on the link that this download has, emitted before the server knows of it; nothing once it is counted or given
    /// back.
    Claim(Option<ClaimId>),
    /// Something to keep for a later run; only where there may be one ([`crate::ResumeMode`]).
    Checkpoint(Checkpoint),
}
