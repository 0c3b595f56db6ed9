//! What makes an upload outlive the program that began it: a journal of its objects and parts, written before and
//! after every step that the bucket keeps, and read back by the next run.
//!
//! The journal holds no list of files but a digest of what each object is made of (`source_digest.rs`), so the same files
//! must be given again. Keys and names in it are sealed under the device's key (format, section 2); what is in the
//! clear, the server knows as well.

pub(crate) mod handle;
mod line;
pub(crate) mod seal_budget;
pub(crate) mod source_digest;
pub(crate) mod storage;
pub(crate) mod unfinished;
mod writer;
