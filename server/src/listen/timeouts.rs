//! How long each side of a connection may take.

use std::time::Duration;

/// How long a client may take to say its first words, and every request's headers.
pub(super) const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the other end may take none of the bytes that are written to it. A reader that was paused is no fault and goes on
/// (the embedded bucket gives it a turn again), so this is far longer than any pause in a download of ours, whose ranges are
/// read whole: it only bounds for how long one that never reads on holds a connection and its file.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(3600);
/// How long running requests are waited for at the end. Service managers usually wait 30 seconds before they kill.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(25);
/// How long the first request of a connection is waited for that was made just before the end: its client has sent it.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long a connection may have no request under way. One that answers pings is no less idle for it.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take for a graceful shutdown. Its client sends further requests over another one.
pub(super) const GOODBYE: Duration = Duration::from_secs(5);
/// The same if another connection needs the slot.
pub(super) const SHORT_GOODBYE: Duration = Duration::from_millis(100);
