//! The two small JSON files of a bucket: what an object is made of, and whom an open upload belongs to.

use std::{fs, io, path::Path};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::names::{DataId, PartFile};

/// Version of both files. Another one is refused rather than guessed at.
const VERSION: u32 = 1;

/// `objects/<hash>`: an object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) version: u32,
    pub(crate) key: String,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: u64,
    pub(crate) data: DataId,
    /// Made by CompleteMultipartUpload; then the upload id is `data`.
    pub(crate) multipart: bool,
    pub(crate) parts: Vec<PartFile>,
}

/// `data/<id>/upload.json`: an open upload.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadRecord {
    pub(crate) version: u32,
    pub(crate) key: String,
    /// Milliseconds since 1970.
    pub(crate) started_ms: u64,
}

impl Manifest {
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let read: Self = serde_json::from_slice(&fs::read(path)?)?;
        check_version(read.version)?;
        Ok(read)
    }
}

impl UploadRecord {
    pub(crate) const FILE: &str = "upload.json";

    pub(crate) fn new(key: &str, started_ms: u64) -> Self {
        Self {
            version: VERSION,
            key: key.to_owned(),
            started_ms,
        }
    }

    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let read: Self = serde_json::from_slice(&fs::read(path)?)?;
        check_version(read.version)?;
        Ok(read)
    }
}

pub(crate) const fn current_version() -> u32 {
    VERSION
}

fn check_version(found: u32) -> io::Result<()> {
    if found == VERSION {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("written by another version ({found}, this is {VERSION})"),
    ))
}

impl Serialize for PartFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.file_name())
    }
}

impl<'de> Deserialize<'de> for PartFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| D::Error::custom("not the name of a part"))
    }
}

impl Serialize for DataId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DataId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not the name of a data folder"))
    }
}
