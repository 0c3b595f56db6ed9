//! The lines of a journal, as they stand in its file.

use std::{borrow::Cow, io, time::SystemTime};

use sealdrop_api::{LinkId, SealedBytes};
use sealdrop_crypto::BlobContext;
use sealdrop_transfer::Checkpoint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::append_log::AppendLog;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// The first.
    About { v: u32, link_id: LinkId, ends_at: i64 },
    /// What the engine said, where it speaks of no bytes.
    Said(Checkpoint),
    /// What some of the files are called, sealed, in the order of the list: a [`Batch`]. Each name stands here once, and is
    /// spoken of by its file's place.
    Names { sealed: SealedBytes },
    /// The new folder that they go into, its name sealed.
    Folder { sealed: SealedBytes },
    /// A file was begun, as which twin of its name, and which file of the file system it is.
    Opened { file: usize, nth: u32, number: u64 },
    /// Steps whose bytes are on the disk; of the files that they touched, the length and the CRC-32 of all of it.
    Durable {
        steps: Vec<Checkpoint>,
        files: Vec<(usize, u64, u32)>,
    },
    /// A file is about to get this name.
    Naming { file: usize, nth: u32 },
}

/// Version of these lines.
pub(super) const VERSION: u32 = 2;

/// Paths, each as how many bytes it shares with the one before it, and the rest.
pub(super) type Batch<'a> = Vec<(usize, Cow<'a, str>)>;

/// Bytes of paths in one batch: as JSON they fit into one sealed blob.
const BATCH: usize = 24_576;

/// Paths in batches. The first path of each stands whole.
pub(super) fn batches(paths: &[String]) -> impl Iterator<Item = Batch<'_>> {
    let mut rest = paths.iter().peekable();
    core::iter::from_fn(move || {
        let (mut batch, mut bytes, mut last) = (Batch::new(), 0, "");
        while bytes < BATCH
            && let Some(path) = rest.next()
        {
            let shared = shared(last, path);
            // Numbers and signs around it count as well.
            bytes += path.len() - shared + 12;
            batch.push((shared, Cow::Borrowed(&path[shared..])));
            last = path;
        }
        (!batch.is_empty()).then_some(batch)
    })
}

/// Adds the paths of a batch, if it is one.
pub(super) fn unpack(batch: Batch<'_>, paths: &mut Vec<String>) -> Option<()> {
    let mut last = String::new();
    for (shared, rest) in batch {
        last = format!("{}{rest}", last.get(..shared)?);
        paths.push(last.clone());
    }
    Some(())
}

/// Bytes that two texts begin with alike, whole characters of them.
fn shared(one: &str, other: &str) -> usize {
    let alike = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    (0..=alike).rev().find(|at| other.is_char_boundary(*at)).unwrap_or(0)
}

/// Names of a download are sealed in the place of its link: ids are random, so no other link has it.
pub(super) const fn context(link_id: &LinkId) -> BlobContext<'_> {
    BlobContext::UploadSession {
        account: None,
        object_id: link_id.as_bytes(),
    }
}

pub(super) fn append(lines: &mut AppendLog, line: &Line) -> io::Result<()> {
    lines.append(&serde_json::to_string(line)?)
}

/// Whether the link of this first line is over.
pub(super) fn has_ended(first: &str, now: SystemTime) -> bool {
    match serde_json::from_str(first) {
        Ok(Line::About { ends_at, .. }) => OffsetDateTime::from(now).unix_timestamp() > ends_at,
        _ => false,
    }
}
