//! Codes of errors. The user interfaces have the sentences.

/// Input that no server would accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvalidInput {
    /// No file, or more than [`MAX_FILES`](crate::item::MAX_FILES).
    FileCount,
    /// More bytes or objects than one link can hold.
    LinkSize,
    /// Names that make a longer list than one link can hold.
    ListSize,
    /// A note over [`MAX_NOTE`](crate::item::MAX_NOTE) bytes.
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
