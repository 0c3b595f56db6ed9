//! What this browser can do.

/// What this browser can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// Sending works.
    pub can_send: bool,
    /// Receiving works, at least up to `blob_cap_bytes`.
    pub can_receive: bool,
    /// Downloads are streamed to disk, however large.
    pub streams_downloads: bool,
    /// Without streaming: plain bytes of one file that can be saved at most.
    pub blob_cap_bytes: u64,
    /// What is missing, by the name of the browser's interface.
    pub missing: Vec<&'static str>,
    /// Which cipher does the work: `webcrypto` or `wasm`.
    pub cipher: &'static str,
}

/// What this browser can do.
#[must_use]
pub fn support() -> Support {
    Support {
        can_send: true,
        can_receive: true,
        streams_downloads: true,
        blob_cap_bytes: 256 << 20,
        missing: Vec::new(),
        cipher: "webcrypto",
    }
}
