//! What the user interface may do, and all that it sees: pick files, send, open a link, download.
//!
//! Everything here runs on the main thread and answers by callbacks on the main thread. No type carries a key, except
//! the finished link itself.

mod address;
mod failure;
mod going_on;
mod handles;
mod incoming;
mod owner;
mod picked;
mod preview;
mod progress;
mod receive;
mod send;
mod server_limits;
mod support;
mod unfinished;

pub use crate::sinks::Place;
pub use address::take_fragment;
pub use failure::{Failure, FailureKind};
pub use going_on::{UnfinishedDownload, UnfinishedState};
pub use handles::{pick_files, picked_from_stored};
pub use incoming::{Incoming, LinkFault, Opened, OpenedFile, incoming, incoming_from_text, incoming_kept};
pub use owner::{OwnLink, Owner, sent_links};
pub use picked::{
    Dropped, Picked, picked_from_drop, picked_from_input, picked_from_paste, picked_from_text, unreadable,
};
pub use preview::{PreviewEvent, PreviewHandle, PreviewRefusal, Shown, can_preview};
pub use progress::{FileProgress, FileState};
pub use receive::{DownloadHandle, Receipt, ReceiveEvent, ReceivePhase, ReceiveProgress, Selection};
pub use send::{SendEvent, SendHandle, SendOptions, SendPhase, SendProgress, Sent, send};
pub use server_limits::{limits, sealed_bytes};
pub use support::{Support, support};
pub use unfinished::{UnfinishedUpload, discard_upload, unfinished_uploads};
