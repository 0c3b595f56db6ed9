//! Whether downloads can be streamed in this engine: tried once for each page.

use std::cell::Cell;

use super::{download_stream::DownloadStream, service_worker::active};

thread_local! {
    /// A stream of it arrived in this page.
    static STREAMS: Cell<bool> = const { Cell::new(false) };
}

/// Whether there is one whose streams arrive in this engine: a canary is sent first, once for each page.
pub(crate) async fn can_stream() -> bool {
    let Some(worker) = active().await else { return false };
    if !STREAMS.get() {
        STREAMS.set(DownloadStream::arrives(worker).await);
    }
    STREAMS.get()
}
