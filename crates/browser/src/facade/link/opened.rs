//! An opened link: what its recipient sees of it. What may be done with it stands beside each thing: downloading, previews.

use std::rc::Rc;

use sealdrop_model::LinkContents;
use sealdrop_transfer::milliseconds;

use crate::facade::link::preview_session::PreviewSession;

/// An opened link.
#[derive(Debug, Clone)]
pub struct OpenedLink {
    /// What it holds.
    pub contents: LinkContents,
    pub(in crate::facade) link: Rc<sealdrop_transfer::OpenedLink>,
    pub(in crate::facade) preview_session: Rc<PreviewSession>,
}

impl OpenedLink {
    pub(super) fn new(link: sealdrop_transfer::OpenedLink) -> Self {
        let link = Rc::new(link);
        Self {
            contents: LinkContents {
                name: link.name.clone(),
                note: link.note.clone(),
                files: link.files.iter().map(|file| (file.path.clone(), file.len)).collect(),
                plain_bytes: link.plain_bytes,
                expires_at_ms: milliseconds(link.expires_at),
                downloads_left: link.downloads_left,
                max_downloads: link.max_downloads,
            },
            preview_session: Rc::new(PreviewSession::new(link.clone())),
            link,
        }
    }
}
