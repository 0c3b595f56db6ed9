//! Where files of a download go: a place that the person chose, the browser's own downloads, however large, through the
//! service worker; where that does not work, the private file system or memory, and saved from there.
//!
//! A file is never complete before it is proven: its last bytes, or its place, are handed over when the engine says so.

mod blob_sink;
mod browser_sink;
mod browser_sinks;
mod choose;
mod content_disposition;
mod destination;
mod download_stream;
mod failure;
pub(crate) mod opfs;
mod picked_location;
mod saved_name;
pub(crate) mod service_worker;
mod streaming;

use std::collections::BTreeMap;

pub(crate) use self::{
    blob_sink::save_by_anchor,
    browser_sinks::BrowserSinks,
    destination::{Destination, Outcome},
    streaming::can_stream,
};
pub use crate::sinks::picked_location::PickedLocation;
pub(crate) use crate::sinks::{
    opfs::{
        checkpoint_writer::{CheckpointWriter, file_name},
        cleanup::{remove_store, sweep},
        files::Run,
    },
    picked_location::{can_pick, pick},
};

/// Plain bytes that a file may have at most where it must fit into memory.
pub(crate) fn blob_cap() -> u64 {
    choose::cap(choose::has_fine_pointer())
}

/// What lies in the private file system, with the bytes of each; `None` where nothing ever did.
pub(crate) async fn lengths() -> Option<BTreeMap<String, u64>> {
    let all = opfs::files::all().await.ok()?;
    Some(all.into_iter().map(|file| (file.name, file.len)).collect())
}
