//! The bucket on disk, without any protocol: plain blocking functions on files.
//!
//! ```text
//! lock                       held by the one process that owns the folder
//! tmp/<random>               bodies and manifests on their way; cleared at start
//! data/<id>/<part name>      bytes that never change; the name says number, order, MD5 and length
//! data/<id>/upload.json      there while the folder is an open multipart upload
//! objects/<sha256 of key>    the manifest that makes the parts of one data folder an object
//! ```
//!
//! Every change has one moment at which it has happened, a rename or an unlink: of a part file, of a manifest, of
//! `upload.json`. What a crash leaves on either side of that moment, [`Store::open`] tells apart from the folder alone:
//! a data folder that neither a manifest nor an `upload.json` speaks for is nobody's.

mod abort_upload;
mod catalog;
mod complete_upload;
mod create_upload;
mod delete_object;
mod disk;
mod fault;
mod list;
mod names;
mod open;
mod publish;
mod put_object;
mod read_object;
mod records;
mod store_part;

#[cfg(test)]
mod crash_tests;

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicU64},
};

pub(crate) use catalog::{StoredObject, Upload};
pub(crate) use disk::TempFile;
#[cfg(test)]
pub(crate) use fault::Fault;
pub(crate) use fault::{Faults, Step};
pub(crate) use list::ObjectFilter;
pub(crate) use names::{DataId, PartFile};
pub(crate) use publish::WriteCondition;
pub(crate) use read_object::ObjectReader;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("no object has this key")]
    NoSuchKey,
    #[error("no open upload has this id and key")]
    NoSuchUpload,
    #[error("part {0} is not there or has another ETag")]
    InvalidPart(i32),
    #[error("part numbers must rise")]
    InvalidPartOrder,
    #[error("part {0} is smaller than 5 MiB and not the last")]
    PartTooSmall(u16),
    #[error("the list of parts is empty")]
    NoParts,
    #[error("the condition of the request does not hold")]
    ConditionFailed,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// One bucket folder, locked by this process.
#[derive(Debug)]
pub(crate) struct Store {
    root: PathBuf,
    objects: Mutex<BTreeMap<String, Arc<StoredObject>>>,
    uploads: Mutex<HashMap<DataId, Arc<Upload>>>,
    /// Orders the attempts at a part, across restarts: time, but never twice the same.
    last_seq: AtomicU64,
    faults: Faults,
    /// Released by the system when the process ends, however it ends.
    _lock: File,
}
