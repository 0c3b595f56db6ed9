//! Where files of a download go: a place that the person chose, the browser's own downloads, however large, through the
//! service worker; where that does not work, the private file system or memory, and saved from there.
//!
//! A file is never complete before it is proven: its last bytes, or its place, are handed over when the spine says so.

mod browser_sink;
mod browser_sinks;
mod choose;
mod content_disposition;
mod destination;
mod disk;
mod download_stream;
mod gathered;
mod keeper;
mod place;
mod saved_name;
pub(crate) mod service_worker;
mod staged;
mod sweep;

use std::collections::BTreeMap;

use sealdrop_transfer::TransferError;

pub use self::place::Place;
pub(crate) use self::{
    browser_sink::BrowserSink,
    browser_sinks::BrowserSinks,
    destination::{Destination, Outcome},
    disk::Run,
    keeper::{Keeper, file_name},
    place::{can_pick, pick},
    sweep::{remove_store, sweep},
};

/// Plain bytes that a file may have at most where it must fit into memory.
pub(crate) fn blob_cap() -> u64 {
    choose::cap(has_fine_pointer())
}

fn has_fine_pointer() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(any-pointer: fine)").ok().flatten())
        .is_some_and(|media| media.matches())
}

/// What lies in the private file system, with the bytes of each; `None` where nothing ever did.
pub(crate) async fn lengths() -> Option<BTreeMap<String, u64>> {
    let all = disk::all().await.ok()?;
    Some(all.into_iter().map(|file| (file.name, file.len)).collect())
}

fn refused(file: &str, why: &str) -> TransferError {
    TransferError::SaveRefused {
        file: file.to_owned(),
        why: why.to_owned(),
    }
}

fn interrupted(file: &str) -> TransferError {
    TransferError::SaveInterrupted { file: file.to_owned() }
}
