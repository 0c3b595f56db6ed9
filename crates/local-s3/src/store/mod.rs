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
//! a data folder that neither a manifest nor an `upload.json` refers to is an orphan.

mod bucket_folder;
mod catalog;
mod disk;
mod error;
mod fault;
mod names;
mod objects;
mod open;
mod records;
mod uploads;

#[cfg(test)]
mod crash_tests;

pub(crate) use bucket_folder::Store;
pub(crate) use catalog::StoredObject;
pub(crate) use disk::TempFile;
pub(crate) use error::StoreError;
#[cfg(test)]
pub(crate) use fault::Fault;
pub(crate) use fault::{Faults, Step};
pub(crate) use names::DataId;
pub(crate) use objects::list::ObjectFilter;
pub(crate) use objects::publish::WriteCondition;
pub(crate) use objects::read::ObjectReader;
