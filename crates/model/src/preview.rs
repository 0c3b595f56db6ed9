//! What a preview of one file shows.

use crate::failure::Failure;

/// What happens in the course of a preview.
#[derive(Debug, Clone)]
pub enum PreviewEvent {
    /// There is something to see.
    Showing(Shown),
    /// Files like this one are not shown. The last event.
    Refused(PreviewRefusal),
    /// It did not work, or works no longer. The last event.
    Failed(Failure),
}

/// What there is to see: an address for an element of this page, valid until the preview is closed; or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// For `<img>`.
    Image(String),
    /// For `<audio>`.
    Audio(String),
    /// For `<video>`.
    Video(String),
    /// For a text node, never for markup.
    Text {
        /// The beginning, or all of it.
        text: String,
        /// Bytes that are not in it.
        left: u64,
    },
}

/// Why a file is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewRefusal {
    /// There is nothing in it.
    Empty,
    /// Its content is not what its name says.
    NotAsNamed,
    /// A picture that would take too much memory.
    TooLarge,
    /// Nothing here shows files of such a name, or the browser has no service worker.
    Unsupported,
}
