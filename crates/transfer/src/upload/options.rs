//! What to send, and how.

use sealdrop_crypto::{Padding, Zeroizing};

/// A file to send.
#[derive(Debug, Clone)]
pub struct SendFile<F> {
    /// Its path as given, `/` between components; what cannot travel is changed and reported.
    pub path: String,
    /// Its exact bytes.
    pub len: u64,
    /// When it was changed last, in ms since 1970 UTC.
    pub modified_ms: Option<u64>,
    /// Its type, if the system knows; dropped unless ASCII of at most 127 bytes.
    pub mime: Option<String>,
    /// What the platform reads it by.
    pub handle: F,
}

/// How to send.
#[derive(Debug, Clone)]
pub struct SendOptions {
    /// Scheme, host and port that the link will start with.
    pub origin: String,
    /// What the whole is called; else the one file's name, the common folder, or the number of files.
    pub name: Option<String>,
    /// The sender's words, at most 4096 bytes; empty is none.
    pub note: String,
    /// A password as typed; empty is none.
    pub password: Option<Zeroizing<String>>,
    /// Seconds; the server's default if not given.
    pub expires_in: Option<u64>,
    /// The server's default if not given.
    pub max_downloads: Option<u32>,
    /// Whether lengths are hidden among similar ones.
    pub padding: Padding,
    /// Parts on their way at a time, to begin with; memory is about 20 MiB for each.
    pub concurrency: usize,
    /// As many at most, where more of them move more.
    pub most_at_once: usize,
    /// Whether files that changed since an earlier run are sent anew. Otherwise that run's files are insisted on.
    pub send_changed: bool,
}

impl SendOptions {
    /// What a server's defaults give.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            name: None,
            note: String::new(),
            password: None,
            expires_in: None,
            max_downloads: None,
            padding: Padding::Padded,
            concurrency: 3,
            most_at_once: 6,
            send_changed: false,
        }
    }

    /// Parts at a time, to begin with and at most.
    pub(crate) fn concurrency_range(&self) -> (usize, usize) {
        let first = self.concurrency.max(1);
        (first, self.most_at_once.max(first))
    }
}
