//! What the user interface may do, and all that it sees: pick files, send, open a link, download.
//!
//! Everything here runs on the main thread and answers by callbacks on the main thread. No type carries a key, except
//! the finished link itself.

mod capabilities;
pub(crate) mod download;
mod failure;
pub(crate) mod link;
mod preview;
mod stored;
pub(crate) mod upload;

pub use crate::facade::capabilities::{Support, support};
pub use crate::facade::download::events::{DownloadHandle, Receipt, ReceiveEvent, Selection};
pub use crate::facade::download::resume::{UnfinishedDownload, UnfinishedState};
pub use crate::facade::link::address::{load_page_reader, take_first_fragment, take_fragment};
pub use crate::facade::link::fault::LinkFault;
pub use crate::facade::link::opened::{Opened, OpenedFile};
pub use crate::facade::link::owner::{OwnLink, Owner, sent_links};
pub use crate::facade::link::received::{Incoming, incoming, incoming_from_text, incoming_kept, prepare_to_receive};
pub use crate::facade::upload::file_handles::{pick_files, picked_from_stored};
pub use crate::facade::upload::selected_files::{
    Dropped, Picked, picked_from_drop, picked_from_input, picked_from_paste, picked_from_text, unreadable,
};
pub use crate::facade::upload::send::{SendEvent, SendHandle, SendOptions, Sent, send};
pub use crate::facade::upload::server_limits::{limits, sealed_bytes};
pub use crate::facade::upload::unfinished::{UnfinishedUpload, discard_upload, unfinished_uploads};
pub use crate::sinks::Place;
pub use failure::{Failure, FailureKind};
pub use preview::{PreviewEvent, PreviewHandle, PreviewRefusal, Shown, can_preview};
pub use sealdrop_transfer::{DeviceFault, InvalidInput};
pub use stored::may_have_stored;
