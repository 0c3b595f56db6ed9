//! What the user interface may do, and all that it sees: pick files, send, open a link, download.
//!
//! Everything here runs on the main thread and answers by callbacks on the main thread. No type carries a key, except
//! the finished link itself.

pub mod account;
mod capabilities;
pub(crate) mod download;
pub(crate) mod link;
mod preview;
mod stored;
mod transfer_handle;
pub(crate) mod upload;

pub use crate::facade::capabilities::{Support, support};
pub use crate::facade::link::address::{load_page_reader, scrub_first_fragment, scrub_fragment};
pub use crate::facade::link::opened::OpenedLink;
pub use crate::facade::link::owner::{Owner, sent_links};
pub use crate::facade::link::received::{
    ReceivedLink, kept_link, prepare_to_receive, received_link, received_link_from_text,
};
pub use crate::facade::transfer_handle::TransferHandle;
pub use crate::facade::upload::file_handles::{pick_files, picked_from_stored};
pub use crate::facade::upload::selected_files::{
    Dropped, Picked, picked_from_drop, picked_from_input, picked_from_paste, picked_from_text, unreadable,
};
pub use crate::facade::upload::send::{SendEvent, Sent, send};
pub use crate::facade::upload::server_limits::{limits, sealed_bytes};
pub use crate::facade::upload::unfinished::{discard_upload, unfinished_uploads};
pub use crate::sinks::PickedLocation;
pub use preview::{PreviewHandle, can_preview};
pub use stored::may_have_stored;
