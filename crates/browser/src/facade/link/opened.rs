//! An opened link: what its recipient sees of it. What may be done with it stands beside each thing: downloading, previews.

use std::rc::Rc;

use sealdrop_transfer::OpenedLink;

use crate::facade::{failure::milliseconds, link::looks::Looks};

/// An opened link.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Name of the file, or of the whole.
    pub name: String,
    /// The sender's words: plain text.
    pub note: Option<String>,
    /// The files, in the sender's order.
    pub files: Vec<OpenedFile>,
    /// Their plain bytes.
    pub plain_bytes: u64,
    /// When the link ends, in milliseconds since 1970 UTC.
    pub expires_at_ms: f64,
    /// Downloads that are left.
    pub downloads_left: u32,
    /// Downloads at most.
    pub max_downloads: u32,
    pub(in crate::facade) link: Rc<OpenedLink>,
    pub(in crate::facade) looks: Rc<Looks>,
}

/// A file of an opened link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedFile {
    /// Its relative path with `/`.
    pub path: String,
    /// Its bytes.
    pub len: u64,
    /// Its media type as the sender's browser guessed it: for display only.
    pub mime: Option<String>,
}

impl Opened {
    pub(super) fn new(link: OpenedLink) -> Self {
        let link = Rc::new(link);
        let files = link.files.iter();
        Self {
            name: link.name.clone(),
            note: link.note.clone(),
            files: files
                .map(|file| OpenedFile {
                    path: file.path.clone(),
                    len: file.len,
                    mime: file.mime.clone(),
                })
                .collect(),
            plain_bytes: link.plain_bytes,
            expires_at_ms: milliseconds(link.expires_at),
            downloads_left: link.downloads_left,
            max_downloads: link.max_downloads,
            looks: Rc::new(Looks::new(link.clone())),
            link,
        }
    }
}
