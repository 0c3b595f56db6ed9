//! What went wrong, sorted for the user interface, which has the words.

use sealdrop_api::ProblemType;

/// What went wrong with a transfer or a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What it is.
    pub kind: FailureKind,
    /// What the server said, if it was the server.
    pub problem: Option<ProblemType>,
    /// The server's particulars: safe to show.
    pub detail: Option<String>,
    /// The file it is about.
    pub file: Option<String>,
    /// When the link ended, in milliseconds since 1970 UTC.
    pub ended_at_ms: Option<f64>,
    /// The limit that was passed, in bytes.
    pub limit: Option<u64>,
}

/// The kinds of failure that a person can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// Every download that is left is in use right now.
    LinkBusy,
    /// Over the server's limit, which `limit` gives in sealed bytes.
    TooLarge,
    /// This server takes nothing from people without an account.
    GuestsOff,
    /// The server has no room.
    StorageFull,
    /// What arrived is not what was sealed: altered, cut or swapped.
    NotWhatWasSealed,
    /// A file changed while it was being sent.
    SourceChanged,
    /// A file cannot be read any more.
    SourceUnreadable,
    /// The device has no room.
    DiskFull,
    /// The browser did not take the file: its download was refused, cancelled or interrupted.
    SaveRefused,
    /// Too large for this browser, which cannot stream downloads; `limit` says what it can save.
    TooLargeForBrowser,
    /// Server or network away, for longer than waiting makes sense.
    ServerAway,
    /// Made by a newer version of this program.
    NewerVersion,
    /// This browser cannot do it.
    Unsupported,
    /// Anything else; `detail` may say more.
    Other,
}

impl Failure {
    /// A failure with nothing but its kind.
    pub(crate) const fn new(kind: FailureKind) -> Self {
        Self { kind, problem: None, detail: None, file: None, ended_at_ms: None, limit: None }
    }

    /// The same, about a file.
    pub(crate) fn about(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }
}
