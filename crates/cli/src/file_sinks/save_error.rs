//! Errors of the file system, as errors of a transfer.

use std::io;

use sealdrop_transfer::TransferError;

/// What the system refused, as the engine says it.
pub(crate) fn refused(file: &str, error: &io::Error) -> TransferError {
    let file = file.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            TransferError::DiskFull { file }
        }
        io::ErrorKind::PermissionDenied => TransferError::SaveRefused {
            file,
            why: "permission denied".to_owned(),
        },
        _ => TransferError::SaveRefused {
            file,
            why: error.to_string(),
        },
    }
}
