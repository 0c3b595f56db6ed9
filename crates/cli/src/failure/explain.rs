//! An error of the engine, in sentences.

use sealdrop_transfer::{DeviceFault, InvalidInput, TransferError};

use super::{
    Doing, Failure, explain_link::explain_link, explain_problem::explain_problem, explain_refusal::explain_refusal,
    join,
};
use crate::{
    platform::{proxy, reason},
    text::{bytes, escape},
};

/// Says an error.
pub(crate) fn explain(error: &TransferError, doing: Doing, server: &str) -> Failure {
    if let Some(failure) = explain_refusal(error, doing, server) {
        return failure;
    }
    let safe = doing.what_is_safe();
    if let Some((code, what, todo)) = explain_file(error, doing) {
        return Failure::new(code, join(&[&what, safe, todo]));
    }
    let (code, what, todo) = match error {
        TransferError::Problem { problem, .. } => return explain_problem(problem, doing, server),
        TransferError::Unreachable => return unreachable(doing, server),
        TransferError::Redirected { to } => return redirected(doing, server, to),
        TransferError::Status { status, .. } => return no_server(doing, server, *status),
        TransferError::Bucket { status, code } => (
            if *status >= 500 { 3 } else { 1 },
            format!(
                "The storage of {server} answered with status {status}{}.",
                code.as_ref()
                    .map(|code| format!(" ({})", escape(code)))
                    .unwrap_or_default()
            ),
            "Try again later. If it happens again, tell the operator of the server.",
        ),
        TransferError::EtagHidden => (
            1,
            "The storage does not return the ETag of uploaded data.".to_owned(),
            "Tell the operator of the server: its storage must answer a PUT with an ETag.",
        ),
        TransferError::WrongPassword => (
            5,
            "Wrong password. If you are sure, the link may have expired.".to_owned(),
            "Check capitals and spaces, or ask the sender.",
        ),
        TransferError::Link(fault) => return explain_link(*fault),
        TransferError::NotWhatWasSealed => (
            6,
            "The data was changed or damaged after the sender encrypted it.".to_owned(),
            "Try again. If it happens again, ask the sender for a new link.",
        ),
        TransferError::ListRefused(rule) => (
            6,
            format!("The file list of this link is not valid ({rule})."),
            "Ask the sender to send the files again with a current version.",
        ),
        TransferError::NewerVersion => (
            1,
            "This link needs a newer version of Sealdrop.".to_owned(),
            "Update sealdrop and try again.",
        ),
        TransferError::Cancelled => (130, "Stopped.".to_owned(), ""),
        TransferError::Device { fault, detail } => (1, device_fault(*fault, detail), "Try again."),
        other => (1, format!("{other}."), "Try again."),
    };
    Failure::new(code, join(&[&what, safe, todo]))
}

/// Code, what happened and what to do, for an error of a file on this computer.
fn explain_file(error: &TransferError, doing: Doing) -> Option<(u8, String, &'static str)> {
    Some(match error {
        TransferError::SourceChanged { file } => (
            7,
            format!("{} changed during the upload.", escape(file)),
            "Wait until no program writes to it, then send again with --start-over.",
        ),
        TransferError::SourceUnreadable { file, why } => (
            7,
            format!("{} cannot be read: {}.", escape(file), escape(why)),
            "Check that the file exists and that you may read it, then send again.",
        ),
        TransferError::InvalidInput(input) => (
            if doing == Doing::Sending { 8 } else { 1 },
            invalid_input(*input).to_owned(),
            "",
        ),
        TransferError::DiskFull { file } => (
            8,
            format!("The disk is full: there is not enough space for {}.", escape(file)),
            "Free some space or choose another folder with -o, then receive again.",
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
        _ => return None,
    })
}

const fn invalid_input(input: InvalidInput) -> &'static str {
    match input {
        InvalidInput::FileCount => "A link can have 1 to 100,000 files.",
        InvalidInput::LinkSize => "This is more than one link can hold.",
        InvalidInput::ListSize => "The list of files is too long for one link.",
        InvalidInput::NoteSize => "A note is at most 4,096 bytes.",
        InvalidInput::PasswordSize => "A password is 1 to 1,024 bytes.",
        InvalidInput::PipeSize => "Standard input is too long for one link.",
        InvalidInput::PasswordChange => "A password can be changed, but not added or removed.",
        InvalidInput::NoSuchFile => "There is no such file in this link.",
    }
}

fn device_fault(fault: DeviceFault, detail: &str) -> String {
    let what = match fault {
        DeviceFault::Random => "The system did not provide random numbers",
        DeviceFault::Cipher => "Encryption or decryption failed",
        DeviceFault::Journal => "The state folder cannot be written",
        DeviceFault::Worker | DeviceFault::ServiceWorker | DeviceFault::Internal => "An unexpected error stopped it",
    };
    match detail {
        "" => format!("{what}."),
        _ => format!("{what}: {}.", escape(detail)),
    }
}

/// Nothing answered. A proxy in between is named: it is what does not answer, or what does not let through.
fn unreachable(doing: Doing, server: &str) -> Failure {
    let again = if doing == Doing::Sending {
        "then send again."
    } else {
        "then try again."
    };
    let (what, todo) = match proxy::in_use(server) {
        Some(proxy) => (
            format!(
                "The server at {server} cannot be reached through the proxy {} of {}.",
                escape(&proxy.address),
                proxy.variable
            ),
            format!("Check that variable, or exclude the server with NO_PROXY, {again}"),
        ),
        None if doing == Doing::Sending => (
            no_answer(server),
            format!("Check the network and the address (--server or SEALDROP_SERVER), {again}"),
        ),
        None => (no_answer(server), format!("Check the network, {again}")),
    };
    Failure::new(3, join(&[&what, doing.what_is_safe(), &todo]))
}

fn no_answer(server: &str) -> String {
    match reason::last() {
        Some(why) => format!("The server at {server} does not answer: {why}."),
        None => format!("The server at {server} does not answer, or the connection was lost."),
    }
}

/// What answered does not speak this API: another server, or a proxy in between.
fn no_server(doing: Doing, server: &str, status: u16) -> Failure {
    let code = if status >= 500 { 3 } else { 1 };
    let (what, todo) = match proxy::in_use(server) {
        Some(proxy) => (
            format!(
                "{server}, asked through the proxy {} of {}, answered with status {status}, and not as a Sealdrop server.",
                escape(&proxy.address),
                proxy.variable
            ),
            "Check that variable and the address, or exclude the server with NO_PROXY.",
        ),
        None => (
            format!("{server} is not a Sealdrop server that this version can use (status {status})."),
            "Check the address, or try again later.",
        ),
    };
    Failure::new(code, join(&[&what, doing.what_is_safe(), todo]))
}

fn redirected(doing: Doing, server: &str, to: &str) -> Failure {
    let to = escape(to);
    let todo = match doing {
        _ if to == server => "It may want you to sign in first: ask its operator.".to_owned(),
        Doing::Sending => format!("If that is the server you mean, use --server {to}."),
        Doing::Revoking => "Ask the operator of the server for its address.".to_owned(),
        _ => format!("Open the link with {to} at its beginning, if you trust that address."),
    };
    Failure::new(
        3,
        join(&[
            &format!("The server at {server} redirects to {to}."),
            doing.what_is_safe(),
            &todo,
        ]),
    )
}
