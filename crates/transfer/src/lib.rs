//! The spine: `upload(files) -> link`, `download(link, sinks)`, the same in the browser and on the command line.
//!
//! It exists so that everything between "these files" and "here is the link" is decided once: what is packed with
//! what, which part is sent when, what is tried again, what is verified before it is called done. What differs
//! between machines is behind one small trait, [`Platform`].
//!
//! What it promises:
//! - Nothing that did not authenticate reaches a [`Sink`]; a file is finished only after its `tag_root`, where it was
//!   read whole.
//! - Numbers that it tells never go back.
//! - Its errors are one enum with [`TransferError::retry`], and none of them holds a secret.

mod begin_object;
mod call;
mod control;
mod download;
mod error;
mod events;
mod gate;
mod give_up;
mod item;
mod link_access;
mod link_text;
mod make_link;
mod meter;
mod names;
mod numbering;
mod object;
mod open_link;
mod plan;
mod platform;
mod preview;
mod resume;
mod retry;
mod save_name;
mod save_paths;
mod sealing;
mod sent_link;
mod spine;
mod upload;
mod upload_pipe;
mod uploading;
mod watch;
mod zip;

pub use call::{call, call_once};
pub use control::Control;
pub use download::{
    Checkpoint, FileStanding, Receipt, ReceiveOptions, Resume, Run, Selection, download, give_back, leave_place,
};
pub use error::{Retry, TransferError};
pub use events::{
    FileProgress, FileState, ReceiveEvent, ReceivePhase, ReceiveProgress, Renamed, SendEvent, SendPhase, SendProgress,
};
pub use give_up::give_up;
pub use item::{
    Body, Extent, FileEntry, Item, ItemKind, Kept, ListFault, Listing, MAX_EXTENTS, MAX_FILES, MAX_INLINE, MAX_NOTE,
    MAX_OBJECTS, ObjectRef, Place,
};
pub use link_access::{LinkAccess, derive_link_access};
pub use link_text::{Link, LinkFault, link_id_of};
pub use names::{MAX_COMPONENT, MAX_DEPTH, MAX_PATH, bundle_name, is_component, is_path, numbered, sanitize, shorten};
pub use object::ObjectPlan;
pub use open_link::{OpenedLink, open_link};
pub use plan::{FileRun, MAX_PACK, PACKED_BELOW, PlannedObject, TransferPlan, plan};
pub use platform::{
    ApiRequest, ApiResponse, Chunk, JsonBody, OpenJob, OpenedHeader, OpenedRange, PartJob, Pipe, Platform, Proof,
    SentPart, Sink, SinkFile, Sinks, SourceExtent,
};
pub use preview::{
    Medium, Preview, PreviewClaim, PreviewFormat, PreviewReader, PreviewRefusal, judge, medium_of, preview,
};
pub use resume::{Journal, NoJournal, Unfinished, UnfinishedSummary};
pub use retry::Patience;
pub use save_name::{Target, save_name, show_hidden};
pub use save_paths::{Saving, save_paths};
pub use sent_link::{ListedFile, Revision, SentLink, SentLinkFacts};
pub use upload::{SendFile, SendOptions, Sent, limits, sealed_bytes, upload};
pub use upload_pipe::upload_pipe;
pub use watch::{Pace, SILENCE, Watch};
pub use zip::{ZipEntry, ZipPlan, ZipSinks};
