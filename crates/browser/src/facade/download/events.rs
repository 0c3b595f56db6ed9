//! What to download, what happens while it is downloaded, and the handle of a running download.

use sealdrop_transfer::Control;

use sealdrop_model::TransferProgress;

use crate::facade::failure::Failure;

/// What to download.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Every file; without a place that was chosen, more than one become one archive.
    All,
    /// One file, by its place in the list.
    One(usize),
    /// Some files, by their places in the list; without a place that was chosen, more than one become one archive.
    Picked(Vec<usize>),
}

/// What happens while receiving.
#[derive(Debug, Clone)]
pub enum ReceiveEvent {
    /// Whether what arrives survives the page and can go on later, see [`Opened::unfinished`]. Not at first, and not after the
    /// end.
    Kept(bool),
    /// How far it is: at most four a second, and never going back.
    Progress(TransferProgress),
    /// A file is saved; those of an archive only when all of it is.
    FileDone {
        /// Its place in the list.
        index: usize,
        /// Whether the whole object behind it was verified: "unaltered". Otherwise it is "complete".
        whole: bool,
    },
    /// Everything is saved and verified. The last event. It says nothing of counting, which the person who downloads is not
    /// shown: whoever stops it while the server is asked for that has the files all the same.
    Done(Receipt),
    /// It did not work. The last event.
    Failed(Failure),
    /// The person stopped it. The last event.
    Cancelled,
}

/// What was received.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// What the archive is called, if several files became one.
    pub archive: Option<String>,
    /// How many files.
    pub files: usize,
    /// Their plain bytes.
    pub plain_bytes: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Sealed records that were opened and verified.
    pub pieces: u64,
}

/// The handle of a running download. Dropping it stops nothing.
#[derive(Debug, Clone)]
pub struct DownloadHandle {
    pub(super) control: Control,
}

impl DownloadHandle {
    /// Stops it and gives the place on the link back. Once everything is saved and verified, it ends only the waiting for
    /// the server to count it.
    pub fn cancel(&self) {
        self.control.cancel();
    }

    /// Begins no further range; those on their way come to their end. Its place on the link is kept.
    pub fn pause(&self) {
        self.control.pause();
    }

    /// Goes on after a pause.
    pub fn resume(&self) {
        self.control.resume();
    }

    /// Ends the wait before the next try.
    pub fn try_now(&self) {
        self.control.retry_now();
    }
}
