//! The lines of a ledger, as they stand in its file.

use std::{io, time::SystemTime};

use sealdrop_api::{LinkId, SealedBytes};
use sealdrop_crypto::BlobContext;
use sealdrop_transfer::Checkpoint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::lines::Lines;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// The first.
    About { v: u32, link_id: LinkId, ends_at: i64 },
    /// What the spine said, where it speaks of no bytes.
    Said(Checkpoint),
    /// A file was begun: its names, sealed, and which file of the file system it is.
    Opened {
        file: usize,
        sealed: SealedBytes,
        number: u64,
    },
    /// Steps whose bytes are on the disk; of the files that they touched, the length and the CRC-32 of all of it.
    Durable {
        steps: Vec<Checkpoint>,
        files: Vec<(usize, u64, u32)>,
    },
    /// A file is about to get this name.
    Naming { file: usize, sealed: SealedBytes },
}

/// Names of a download are sealed in the place of its link: ids are random, so it is nobody else's.
pub(super) const fn context(link_id: &LinkId) -> BlobContext<'_> {
    BlobContext::UploadSession {
        account: None,
        object_id: link_id.as_bytes(),
    }
}

pub(super) fn append(lines: &mut Lines, line: &Line) -> io::Result<()> {
    lines.append(&serde_json::to_string(line)?)
}

/// Whether the link of this first line is over.
pub(super) fn has_ended(first: &str, now: SystemTime) -> bool {
    match serde_json::from_str(first) {
        Ok(Line::About { ends_at, .. }) => OffsetDateTime::from(now).unix_timestamp() > ends_at,
        _ => false,
    }
}
