//! The spine: `upload(files) -> link`, `download(link, sinks)`, the same in the browser and on the command line.

mod error;
mod events;
mod link_access;
mod link_text;
mod object;
mod platform;

pub use error::{Retry, TransferError};
pub use events::{
    FileProgress, FileState, ReceiveEvent, ReceivePhase, ReceiveProgress, Renamed, SendEvent, SendPhase, SendProgress,
};
pub use link_access::{LinkAccess, derive_link_access};
pub use link_text::LinkFault;
pub use object::ObjectPlan;
pub use platform::{
    ApiRequest, ApiResponse, Chunk, JsonBody, OpenJob, OpenedHeader, OpenedRange, PartJob, Pipe, Platform, Proof,
    SentPart, Sink, SinkFile, Sinks, SourceExtent,
};
