//! Failures as codes. The user interfaces have the sentences.

use sealdrop_api::{LimitKind, ProblemType};

/// What went wrong with a transfer or a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What it is.
    pub kind: FailureKind,
    /// What the server said, if it was the server.
    pub problem: Option<ProblemType>,
    /// What the server or the device said, in its own words: safe to show.
    pub detail: Option<String>,
    /// The file it is about.
    pub file: Option<String>,
    /// When the link ended, in milliseconds since 1970 UTC.
    pub ended_at_ms: Option<f64>,
    /// Of a link whose downloads are used: until when its sender may allow more. Nothing when the files are deleted.
    pub revivable_until_ms: Option<f64>,
    /// The limit that was passed, in the unit of its kind, or in bytes.
    pub limit: Option<u64>,
    /// Of `QuotaExceeded`: sealed bytes that the account holds.
    pub used: Option<u64>,
    /// Of `TooLarge`: which limit was passed.
    pub limit_kind: Option<LimitKind>,
    /// Of `RefusedOnTheWay`: the status that it came with.
    pub status: Option<u16>,
    /// Of `LinkBusy`: seconds until the first place is free, unless its download resumes.
    pub free_in: Option<u64>,
}

impl Failure {
    /// A failure of which only the kind is known.
    #[must_use]
    pub const fn new(kind: FailureKind) -> Self {
        Self {
            kind,
            problem: None,
            detail: None,
            file: None,
            ended_at_ms: None,
            revivable_until_ms: None,
            limit: None,
            used: None,
            limit_kind: None,
            status: None,
            free_in: None,
        }
    }
}

/// The kinds of failure that a person can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// There is nothing at the link for this password: the password is wrong, or the link is gone.
    WrongPassword,
    /// There is nothing at the link.
    LinkGone,
    /// The link's time is over.
    LinkExpired,
    /// The link's downloads are used.
    LinkExhausted,
    /// The sender closed the link.
    LinkRevoked,
    /// The operator of the server removed the link.
    LinkRemoved,
    /// The sender has paused the link: it opens again when they go on.
    LinkPaused,
    /// Every download that is left is in use right now.
    LinkBusy,
    /// Over the server's limit, which `limit` gives in sealed bytes.
    TooLarge,
    /// This server takes nothing from people without an account.
    GuestsOff,
    /// The user's account has no room: it holds `used` of `limit` sealed bytes.
    QuotaExceeded,
    /// The server has no room.
    StorageFull,
    /// What arrived is not what was sealed: altered, cut or swapped.
    NotWhatWasSealed,
    /// A file changed while it was being sent.
    SourceChanged,
    /// A file cannot be read any more.
    SourceUnreadable,
    /// The storage hides the `ETag`s of what it stores: a CORS rule is missing.
    EtagHidden,
    /// The device has no room.
    DiskFull,
    /// The browser did not take the file: its download was refused, cancelled or interrupted.
    SaveRefused,
    /// The browser stopped in the middle what passes the file on to it.
    SaveInterrupted,
    /// What an earlier page left cannot be gone on with: it must begin anew.
    StartOver,
    /// Too large for this browser, which cannot stream downloads; `limit` says what it can save.
    TooLargeForBrowser,
    /// Something between browser and server, such as a proxy, refuses; `status` says how.
    RefusedOnTheWay,
    /// The storage refuses what was signed for this address: the page is open at another than the server's own.
    WrongAddress,
    /// The server answers and its storage does not: blocked on the way, or its rules keep this page out.
    StorageUnreachable,
    /// Server or network away, for longer than waiting makes sense.
    ServerAway,
    /// A part of the program did not load: it was blocked, the connection was lost, or the server has a newer version.
    NotLoaded,
    /// Made by a newer version of this program.
    NewerVersion,
    /// This browser cannot do it.
    Unsupported,
    /// A link was made of these files before, and was never shown.
    LinkExists,
    /// The unfinished upload is open in another tab, or is no longer there.
    UploadInUse,
    /// What was asked for cannot be done.
    InvalidInput(InvalidInput),
    /// This device failed; `detail` may say more.
    Device(DeviceFault),
    /// Anything else; `detail` may say more.
    Other,
}

/// Input that no server would accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvalidInput {
    /// No file, or more than 100,000.
    FileCount,
    /// More bytes or objects than one link can hold.
    LinkSize,
    /// Names that make a longer list than one link can hold.
    ListSize,
    /// A note over 4096 bytes.
    NoteSize,
    /// A password that is not 1 to 1024 bytes.
    PasswordSize,
    /// A pipe that needs more objects than can be numbered.
    PipeSize,
    /// A new password for a link without one, or none for a link with one.
    PasswordChange,
    /// The number of a file that is not in the link.
    NoSuchFile,
}

/// What failed on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceFault {
    /// The system gave no random numbers.
    Random,
    /// A cipher failed.
    Cipher,
    /// A worker, thread or task did not start, or ended before its work.
    Worker,
    /// The service worker does not answer.
    ServiceWorker,
    /// The journal of a transfer, or the list of sent links, cannot be written.
    Journal,
    /// A call of the system or of the browser failed, or two parts of this program disagree.
    Internal,
}
