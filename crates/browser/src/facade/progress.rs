//! How far a file is: the same words for both directions.

/// How far one file is, in the order in which the files were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileProgress {
    /// Plain bytes that are through: acknowledged by the bucket, or handed to the browser.
    pub sent_bytes: u64,
    /// Where it stands.
    pub state: FileState,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileState {
    /// Its turn comes later.
    Next,
    /// On its way.
    Sending,
    /// Something went wrong; it is being tried again.
    Retrying,
    /// Waits for the network, or for the person.
    Waiting,
    /// Through.
    Sent,
    /// Given up.
    Failed,
}

impl From<sealdrop_transfer::FileProgress> for FileProgress {
    fn from(progress: sealdrop_transfer::FileProgress) -> Self {
        use sealdrop_transfer::FileState as State;
        Self {
            sent_bytes: progress.bytes,
            state: match progress.state {
                State::Next => FileState::Next,
                State::Running => FileState::Sending,
                State::Retrying => FileState::Retrying,
                State::Waiting => FileState::Waiting,
                State::Done => FileState::Sent,
                State::Failed => FileState::Failed,
            },
        }
    }
}
