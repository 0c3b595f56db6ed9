//! Sending: seal the files, store them, make the link.

use super::{
    failure::{Failure, FailureKind},
    owner::Owner,
    picked::Picked,
    progress::FileProgress,
};

/// What holds for the link.
#[derive(Clone, Default)]
pub struct SendOptions {
    /// The sender's words, at most 4096 bytes; may be empty.
    pub note: String,
    /// A password, as typed.
    pub password: Option<String>,
    /// Seconds until the link ends.
    pub expires_in: u64,
    /// Downloads until the link ends.
    pub max_downloads: u32,
}

impl std::fmt::Debug for SendOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendOptions")
            .field("expires_in", &self.expires_in)
            .field("max_downloads", &self.max_downloads)
            .finish_non_exhaustive()
    }
}

/// What happens while sending.
#[derive(Debug, Clone)]
pub enum SendEvent {
    /// Names that had to change, old and new.
    Renamed(Vec<(String, String)>),
    /// How far it is: at most four a second, and never going back.
    Progress(SendProgress),
    /// The link is there. The last event.
    Done(Sent),
    /// It did not work. The last event.
    Failed(Failure),
    /// The person stopped it. The last event.
    Cancelled,
}

/// How far sending is.
#[derive(Debug, Clone, PartialEq)]
pub struct SendProgress {
    /// What is going on.
    pub phase: SendPhase,
    /// Plain bytes that are through.
    pub sent_bytes: u64,
    /// Plain bytes of all files.
    pub total_bytes: u64,
    /// Plain bytes a second, smoothed; nothing until it can be told.
    pub bytes_per_second: Option<u64>,
    /// Seconds left, smoothed; nothing until it can be told.
    pub seconds_left: Option<u64>,
    /// Every file, in the order in which they were given.
    pub files: Vec<FileProgress>,
}

/// What is going on while sending.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SendPhase {
    /// Before the first byte.
    Preparing,
    /// Parts are on their way.
    Sending,
    /// The person paused it.
    Paused,
    /// The network is away.
    WaitingForNetwork {
        /// Since when, in milliseconds since 1970 UTC.
        since_ms: f64,
    },
    /// Something failed and is tried again.
    Retrying {
        /// In how many seconds.
        in_seconds: u32,
    },
    /// Everything is stored; the bucket puts it together and the link is made.
    Finishing,
}

/// A finished transfer. `link` and `key` are the only secrets that leave this crate.
#[derive(Clone, PartialEq)]
pub struct Sent {
    /// The whole link.
    pub link: String,
    /// The link up to and with the `#`.
    pub address: String,
    /// What follows the `#`.
    pub key: String,
    /// The id of the link.
    pub link_id: String,
    /// How many files.
    pub files: usize,
    /// Their plain bytes.
    pub plain_bytes: u64,
    /// When the link ends, in milliseconds since 1970 UTC, by the server's clock.
    pub expires_at_ms: f64,
    /// Its downloads.
    pub max_downloads: u32,
    /// Whether a password is asked for.
    pub has_password: bool,
    /// The right to change or close it.
    pub owner: Owner,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").field("link_id", &self.link_id).field("files", &self.files).finish_non_exhaustive()
    }
}

/// The handle of a running transfer. Dropping it stops nothing.
#[derive(Debug, Clone)]
pub struct SendHandle {
    _private: (),
}

/// Starts sending. Refuses nothing: whatever is wrong comes as [`SendEvent::Failed`].
pub fn send(files: Vec<Picked>, options: SendOptions, on_event: impl FnMut(SendEvent) + 'static) -> SendHandle {
    let _ = (files, options);
    let mut on_event = on_event;
    wasm_bindgen_futures::spawn_local(async move {
        on_event(SendEvent::Failed(Failure::new(FailureKind::Unsupported)));
    });
    SendHandle { _private: () }
}

impl SendHandle {
    /// Stops for good; what is stored so far is removed.
    pub fn cancel(&self) {}

    /// Stops for now.
    pub fn pause(&self) {}

    /// Goes on after [`Self::pause`].
    pub fn resume(&self) {}

    /// Does not wait any longer for the next try.
    pub fn try_now(&self) {}
}
