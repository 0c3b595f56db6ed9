//! Lists: what an item, a link's payload and a manifest say (format, sections 5 to 7).
//!
//! Everything here was written by others and may be hostile, also after it opened: a text that breaks one
//! rule is refused whole, before anything of it is shown or fetched.

mod check;
mod read;
mod write;

use std::sync::Arc;

use sealdrop_api::ObjectId;
use sealdrop_crypto::Fek;
use serde_json::value::RawValue;

/// Bytes of an item's or payload's text at most.
pub(crate) const MAX_TEXT: usize = 61_440;
/// Bytes of a manifest's text at most.
pub(crate) const MAX_MANIFEST_TEXT: usize = 33_554_432;
/// Bytes of a text above which a writer puts the list into a manifest.
pub const MAX_INLINE: usize = 48 * 1024;
/// Bytes of a sender's note at most.
pub const MAX_NOTE: usize = 4096;
/// Files of one list at most.
pub const MAX_FILES: usize = 100_000;
/// Objects of one list at most.
pub const MAX_OBJECTS: usize = 100_000;
/// Extents of one list at most.
pub const MAX_EXTENTS: usize = 200_000;
/// Bytes of a type at most.
pub(crate) const MAX_MIME: usize = 127;
/// The largest number: 2^53 - 1, which every reader of JSON holds exactly.
pub(crate) const MAX_NUMBER: u64 = (1 << 53) - 1;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// Its version is not ours.
    #[error("made by a newer version of Sealdrop")]
    NewerVersion,
    /// It breaks a rule of the grammar.
    #[error("the list of files breaks a rule: {0}")]
    Refused(&'static str),
}

/// Which text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An item of a vault.
    Item,
    /// A link's payload.
    Payload,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// One file.
    File,
    /// Several files.
    Bundle,
    /// A folder of a vault; holds nothing itself.
    Folder,
}

/// An item or payload.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// The folder it is in; `None` at the top, and in payloads.
    pub parent: Option<[u8; 16]>,
    /// Its name: one component of a path.
    pub name: String,
    /// Its type; display only.
    pub mime: Option<String>,
    /// Plain bytes of all its files; 0 for a folder.
    pub size: u64,
    /// Ms since 1970 UTC.
    pub modified_ms: Option<u64>,
    /// The sender's words, in payloads only; plain text.
    pub note: Option<String>,
    /// Where its bytes are.
    pub body: Body,
    /// Keys that this version does not know, kept for when the owner's text is written again. Of a payload none are.
    pub unknown: UnknownMembers,
}

/// Where an item's bytes are.
#[derive(Debug, Clone)]
pub enum Body {
    /// Nowhere: a folder.
    Nothing,
    /// The item is the whole content of one object.
    Whole(ObjectRef),
    /// Objects and files, listed here.
    Listed(Listing),
    /// Objects and files, listed in a manifest.
    Manifest(ObjectRef),
}

/// Objects and the files in them.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The objects; ids differ.
    pub objects: Vec<ObjectRef>,
    /// The files; paths differ, none is a folder of another.
    pub files: Vec<FileEntry>,
}

/// An object, with what is needed to open it.
#[derive(Debug, Clone)]
pub struct ObjectRef {
    /// Its id.
    pub object_id: ObjectId,
    /// Its key.
    pub fek: Arc<Fek>,
    /// What its stored bytes must hash to.
    pub tag_root: [u8; 32],
    /// Length of its stream.
    pub stream_len: u64,
}

/// One file of a list.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// Where it belongs, `/` between components.
    pub path: String,
    /// Its type; display only.
    pub mime: Option<String>,
    /// Plain bytes.
    pub len: u64,
    /// Ms since 1970 UTC.
    pub modified_ms: Option<u64>,
    /// Where its bytes are, in order; none for an empty file.
    pub extents: Vec<Extent>,
    /// Keys that this version does not know, of an owner's text.
    pub unknown: UnknownMembers,
}

/// A run of bytes in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extent {
    /// Which object of the list.
    pub object: u32,
    /// Content offset of the first byte.
    pub offset: u64,
    /// Bytes; never 0.
    pub len: u64,
}

/// Unknown keys and their values, as they were written.
#[derive(Debug, Clone, Default)]
pub struct UnknownMembers(Vec<(String, Box<RawValue>)>);

impl Item {
    /// Reads and checks a text.
    ///
    /// # Errors
    /// [`ListFault`].
    pub fn parse(text: &[u8], place: Place) -> Result<Self, ListFault> {
        read::item(text, place)
    }

    /// Writes it as JSON. The text holds keys: it is wiped when dropped, and belongs into a sealed blob.
    #[must_use]
    pub fn to_json(&self, place: Place) -> sealdrop_crypto::Zeroizing<Vec<u8>> {
        write::item(self, place)
    }
}

impl Listing {
    /// Reads and checks the text of a manifest. The caller compares [`Self::size`] with what the payload says.
    ///
    /// # Errors
    /// [`ListFault`].
    pub fn parse_manifest(text: &[u8]) -> Result<Self, ListFault> {
        read::manifest(text)
    }

    /// Writes it as a manifest's JSON, which belongs into a sealed object.
    #[must_use]
    pub fn to_manifest_json(&self) -> sealdrop_crypto::Zeroizing<Vec<u8>> {
        write::manifest(self)
    }

    /// Plain bytes of all files.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.len).sum()
    }
}
