//! An error of the spine, in sentences.

use sealdrop_transfer::TransferError;

use super::{Doing, Failure, explain_link, explain_problem::explain_problem, join};
use crate::text::{bytes, escape};

/// Says an error.
pub(crate) fn explain(error: &TransferError, doing: Doing, server: &str) -> Failure {
    let safe = doing.what_is_safe();
    let (code, what, todo) = match error {
        TransferError::Problem { problem, .. } => return explain_problem(problem, doing),
        TransferError::Unreachable => (
            3,
            format!("The server at {server} cannot be reached, or the connection broke and did not come back."),
            if doing == Doing::Sending {
                "Check the network and the address (--server or SEALDROP_SERVER), then send again."
            } else {
                "Check the network, then try the same again."
            },
        ),
        TransferError::Status { status, .. } => (
            if *status >= 500 { 3 } else { 1 },
            format!(
                "What answers at {server} is not a Sealdrop server that this version can talk to (status {status})."
            ),
            "Check the address, or try again later.",
        ),
        TransferError::Bucket { status, code } => (
            if *status >= 500 { 3 } else { 1 },
            format!(
                "The storage of {server} refused with status {status}{}.",
                code.as_ref()
                    .map(|code| format!(" ({})", escape(code)))
                    .unwrap_or_default()
            ),
            "Try again later; if it stays, tell whoever runs the server.",
        ),
        TransferError::EtagHidden => (
            1,
            "The storage does not show the ETag of what it stores.".to_owned(),
            "Tell whoever runs the server: its storage must answer a PUT with an ETag.",
        ),
        TransferError::WrongPassword => (
            5,
            "The password does not open this link (or there is no such link).".to_owned(),
            "Ask the sender for it and try again.",
        ),
        TransferError::Link(fault) => return explain_link(*fault),
        TransferError::NotWhatWasSealed => (
            6,
            "What arrived is not what was sealed: it was altered, swapped or cut off on the way or in storage."
                .to_owned(),
            "Try again; if it stays, ask the sender to send it again, by another server if possible.",
        ),
        TransferError::ListRefused(rule) => (
            6,
            format!("The list of files in this link breaks a rule of the format ({rule}), so none of it is used."),
            "Ask the sender to send it again with a current version.",
        ),
        TransferError::NewerVersion => (
            1,
            "This was made by a newer version of Sealdrop.".to_owned(),
            "Update sealdrop and try again.",
        ),
        TransferError::SourceChanged { file } => (
            7,
            format!(
                "{} changed while it was being sent, so what was sent of it is of no use.",
                escape(file)
            ),
            "Wait until nothing writes to it, then send again with --start-over.",
        ),
        TransferError::SourceUnreadable { file, why } => (
            7,
            format!("{} cannot be read: {}.", escape(file), escape(why)),
            "Check that it is there and that you may read it, then send again.",
        ),
        TransferError::Unsendable(why) => (
            if doing == Doing::Sending { 8 } else { 1 },
            format!("This cannot be done: {why}."),
            "",
        ),
        TransferError::DiskFull { file } => (
            8,
            format!("There is no room on the disk for {}.", escape(file)),
            "Make room or choose another folder with -o, then receive again.",
        ),
        TransferError::SaveRefused { file, why } => (
            1,
            format!("{} cannot be saved: {}.", escape(file), escape(why)),
            "Choose another folder with -o, then receive again.",
        ),
        TransferError::TooLargeForDevice { file, limit } => (
            8,
            format!(
                "{} is larger than the {} that can be saved here.",
                escape(file),
                bytes(*limit)
            ),
            "Choose another folder with -o, then receive again.",
        ),
        TransferError::Cancelled => (130, "Stopped.".to_owned(), ""),
        TransferError::Device(why) => (1, format!("This machine failed: {}.", escape(why)), "Try again."),
        other => (1, format!("{other}."), "Try again."),
    };
    Failure::new(code, join(&[&what, safe, todo]))
}
