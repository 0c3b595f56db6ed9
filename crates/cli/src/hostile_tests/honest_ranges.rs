//! What an honest bucket gave, to compare with.

use std::collections::HashMap;

use sealdrop_transfer::{OpenJob, OpenedHeader};

/// A range as an honest bucket gave it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) job: OpenJob,
    pub(super) header: OpenedHeader,
    pub(super) content: Vec<u8>,
    pub(super) digest: Option<[u8; 32]>,
}

/// What was opened, by address (without its signature) and first record.
pub(super) type Knowledge = HashMap<(String, u64), Known>;
