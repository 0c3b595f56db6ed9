//! How a download is made.

use sealdrop_api::ClaimId;

use super::resume::ResumeMode;

/// How to receive.
#[derive(Debug, Clone)]
pub struct ReceiveOptions {
    /// Ranges of 10 MiB on their way at a time, beside one that is written and one that waits for that; memory is about 20 MiB
    /// for each.
    pub concurrency: usize,
    /// Whether a later run can go on, and whether this is one.
    pub resume_mode: ResumeMode,
    /// A place that this device may still have on the link: the download goes on with it, whatever bytes are left of that one. A
    /// run that goes on has its own.
    pub place: Option<ClaimId>,
}

impl Default for ReceiveOptions {
    fn default() -> Self {
        Self {
            concurrency: 3,
            resume_mode: ResumeMode::Disabled,
            place: None,
        }
    }
}
