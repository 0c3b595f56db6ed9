//! What happens in the course of a transfer, as a user interface is told.

use crate::{failure::Failure, progress::TransferProgress, receipt::Receipt};

/// A name that had to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// As it was given.
    pub from: String,
    /// As it travels.
    pub to: String,
}

/// What happens while sending. `S` is what is left in the sender's hands: the link and the right to change it.
#[derive(Debug, Clone)]
pub enum SendEvent<S> {
    /// Whatever happens, it can be resumed under this name. The first event, where anything can be kept.
    Kept(String),
    /// Names that had to change. At most once, before any progress.
    Renamed(Vec<Renamed>),
    /// How far it is.
    Progress(TransferProgress),
    /// The link is there. The last event.
    Done(S),
    /// It did not work. The last event.
    Failed(Failure),
    /// The user stopped it. The last event.
    Cancelled,
}

/// What happens while receiving.
#[derive(Debug, Clone)]
pub enum ReceiveEvent {
    /// Whether what arrives survives the page and can be resumed later. Not at first, and not after the end.
    Kept(bool),
    /// How far it is.
    Progress(TransferProgress),
    /// A file is saved; those of an archive only when all of it is.
    FileDone {
        /// Its position in the list.
        index: usize,
        /// Whether the whole object behind it was verified: "unaltered". Otherwise it is "complete".
        whole: bool,
    },
    /// Everything is saved and verified. The last event. Users are not told of counting: whoever stops it while the server is asked
    /// for that has the files all the same.
    Done(Receipt),
    /// It did not work. The last event.
    Failed(Failure),
    /// The user stopped it. The last event.
    Cancelled,
}
