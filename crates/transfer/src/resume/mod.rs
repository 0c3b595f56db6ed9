//! What makes an upload outlive the program that began it: a journal of its objects and parts, written before and
//! after every step that the bucket keeps, and read back by the next run.
//!
//! The journal holds no list of files but a digest of what each object is made of (`source_digest.rs`), so the same files
//! must be given again. Keys and names in it are sealed under the device's key (format, section 2); what is in the
//! clear, the server knows as well.

mod journal;
mod scribe;
mod source_digest;
mod unfinished;

use journal::Line;
pub(crate) use journal::Writer;
pub use journal::{Journal, NoJournal};
pub(crate) use source_digest::{digest_choices, digest_sources, look_at_empty, sha256};
pub(crate) use unfinished::{KeptLink, KeptObject};
pub use unfinished::{Unfinished, UnfinishedSummary};
