//! What outlives the program that began a download: which steps were wholly written, and what they prove.
//!
//! A step is a run of records of at most 10 MiB, in the order of reading; link and selection alone decide which steps
//! there are (`plan.rs`). A platform keeps each [`Checkpoint`] once the bytes that it speaks of would survive a crash,
//! and gives them back as a [`Resume`]. Nothing in them is a key, a name or an address.

use sealdrop_api::{ClaimId, SealedBytes};
use serde::{Deserialize, Serialize};

/// Something to keep, in this order, once the bytes that were written before it are durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checkpoint {
    /// It starts. Whatever was kept before counts no longer.
    Begun {
        /// The place on the link: asking for it again takes no second one.
        claim_id: ClaimId,
        /// Which plan the steps are steps of: 32 bytes.
        plan: SealedBytes,
    },
    /// The place was given up meanwhile; this is another one for the same bytes.
    Claimed {
        /// The place.
        claim_id: ClaimId,
    },
    /// The sinks took all of a step.
    Written {
        /// Its number, from 0.
        step: u64,
        /// SHA-256 of its 10 MiB as stored, where the object is read whole.
        digest: Option<SealedBytes>,
        /// Whether its object ends with it, and is proven where it was read whole.
        ends_object: bool,
    },
    /// A file has its name.
    Finished {
        /// Its place in the list.
        file: usize,
    },
    /// It is over, or failed for good: nothing is to be kept any more.
    Over,
}
