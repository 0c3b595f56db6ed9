//! Errors of saving a file.

use sealdrop_transfer::TransferError;

/// The browser did not take the file, and why.
pub(super) fn refused(file: &str, why: &str) -> TransferError {
    TransferError::SaveRefused {
        file: file.to_owned(),
        why: why.to_owned(),
    }
}

/// The browser took the file and stopped in the middle.
pub(super) fn interrupted(file: &str) -> TransferError {
    TransferError::SaveInterrupted { file: file.to_owned() }
}
