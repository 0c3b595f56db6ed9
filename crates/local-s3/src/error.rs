//! Why a bucket did not open.

use std::{io, path::PathBuf};

/// Why a bucket, or its credentials, could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process owns the folder.
    #[error("the bucket in {} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// The configuration, or a file of ours, does not make sense.
    #[error("{0}")]
    Config(String),
    /// The disk refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// What was being read or written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
