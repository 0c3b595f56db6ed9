//! The transfer engine: `upload(files) -> link`, `download(link, sinks)`, the same in the browser and on the command line.
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

mod download;
mod engine;
mod error;
mod item;
mod journal;
mod link;
mod names;
mod platform;
mod preview;
mod upload;
mod zip;

pub use download::{
    checkpoint::Checkpoint,
    options::ReceiveOptions,
    release::{give_back, release_request},
    resume::{FileStanding, Resume, ResumeMode},
    run::download,
};
pub use engine::call::{call, call_once};
pub use engine::control::Control;
pub use engine::events::{DownloadEvent, UploadEvent};
pub use engine::retry::RetryPolicy;
pub use engine::stall::{STALL_TIMEOUT, StallDetector, Throughput};
pub use error::{Retry, TransferError, failure::milliseconds};
pub use item::{
    Body, Extent, FileEntry, Item, ItemKind, ListFault, Listing, MAX_EXTENTS, MAX_FILES, MAX_INLINE, MAX_NOTE,
    MAX_OBJECTS, ObjectRef, Place, UnknownMembers,
};
pub use journal::{
    storage::{Journal, NoJournal},
    unfinished::Unfinished,
};
pub use link::access::{LinkAccess, derive_link_access, derive_link_access_without_password};
pub use link::open::{OpenedLink, open_link};
pub use link::text::{Link, link_id_of};
pub use link::{revision::Revision, sent::SentLink};
pub use names::save_name::{Target, save_name, show_hidden};
pub use names::save_paths::{Saving, save_paths};
pub use names::{
    bundle_name::bundle_name,
    extension::{numbered, shorten},
    path::{MAX_COMPONENT, MAX_DEPTH, MAX_PATH, is_component, is_path},
    sanitize::sanitize,
};
pub use platform::object_plan::ObjectPlan;
pub use platform::{
    Platform,
    chunk::Chunk,
    open_job::{OpenJob, OpenedHeader, OpenedRange},
    part_job::{PartJob, SentPart, SourceExtent},
    pipe::Pipe,
    request::{ApiRequest, ApiResponse, JsonBody},
    sinks::{Proof, Sink, SinkFile, Sinks},
};
pub use preview::{
    Preview, PreviewClaim,
    format::{Medium, PreviewFormat, judge, medium_of},
    preview,
    reader::PreviewReader,
};
pub use sealdrop_model::{
    DeviceFault, FileProgress, FileState, InvalidInput, LinkFault, ListedFile, PreviewRefusal, Receipt, Renamed,
    Selection, Stage, TransferProgress, UnfinishedSummary,
};
pub use upload::cleanup::discard_upload;
pub use upload::pipe::upload_pipe;
pub use upload::prepare::plan::{FileRun, MAX_PACK, PACKED_BELOW, PlannedObject, TransferPlan, plan};
pub use upload::{
    link::sent::Sent,
    options::{SendFile, SendOptions},
    prepare::limits::{limits, sealed_bytes},
    run::upload,
};
pub use zip::{
    plan::ZipPlan,
    sinks::{ZipEntry, ZipSinks},
};
