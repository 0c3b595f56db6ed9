//! What a transfer tells a user interface. The engine emits these values, the browser's crate passes them on, and the interfaces render
//! them. Data only: no I/O, no clock.

mod events;
mod failure;
mod link;
mod preview;
mod progress;
mod receipt;
mod selection;
mod send_options;
mod sent_link;
mod unfinished;

pub use events::{ReceiveEvent, Renamed, SendEvent};
pub use failure::{DeviceFault, Failure, FailureKind, InvalidInput};
pub use link::{LinkContents, LinkFault};
pub use preview::{PreviewEvent, PreviewRefusal, Shown};
pub use progress::{FileProgress, FileState, Stage, TransferProgress};
pub use receipt::Receipt;
pub use selection::Selection;
pub use send_options::SendOptions;
pub use sent_link::{ListedFile, OwnLink, SentLinkFacts};
pub use unfinished::{UnfinishedDownload, UnfinishedState, UnfinishedSummary, UnfinishedUpload};
