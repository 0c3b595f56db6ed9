//! What went wrong, in sentences: what happened, what is safe, what to do. And the exit code that goes with it.

use sealdrop_api::{Problem, ProblemType};
use sealdrop_transfer::{LinkFault, TransferError};

use crate::text::{bytes, escape};

/// A command that did not come to its end.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the process ends with.
    pub(crate) code: u8,
    /// For a person.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Wrong use.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(2, message)
    }

    /// A file that cannot be sent as it is.
    pub(crate) fn source(message: impl Into<String>) -> Self {
        Self::new(7, message)
    }

    /// With one more sentence.
    pub(crate) fn and(mut self, sentence: &str) -> Self {
        self.message = join(&[&self.message, sentence]);
        self
    }

    /// Anything that has no code of its own.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(1, message)
    }
}

/// Which way the bytes were going: it decides what is safe and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Sending,
    Receiving,
    /// Receiving, and what arrived is kept for the next run.
    ReceivingInPart,
    Asking,
    Revoking,
}

impl Doing {
    /// What is safe, after a failure.
    const fn what_is_safe(self) -> &'static str {
        match self {
            Self::Sending => "Your files are untouched and no link was made.",
            Self::Receiving => "Nothing incomplete was kept and the download was not counted.",
            Self::ReceivingInPart => {
                "What was received is kept and the download was not counted: the same command goes on from there, and \
                 with --discard it is removed."
            }
            Self::Asking | Self::Revoking => "Nothing was changed.",
        }
    }
}

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

fn explain_problem(problem: &Problem, doing: Doing) -> Failure {
    let safe = doing.what_is_safe();
    let ended = problem
        .ended_at
        .map(|at| format!(" It ended on {}.", crate::text::instant(at)))
        .unwrap_or_default();
    let limit = problem
        .limit
        .filter(|_| problem.detail.is_none())
        .map(|limit| format!(" The limit is {}.", bytes(limit)))
        .unwrap_or_default();
    let detail = problem
        .detail
        .as_deref()
        .map(|detail| format!(" {}", escape(detail)))
        .unwrap_or_default();
    let (code, what, todo) = match problem.kind {
        ProblemType::LinkNotFound if doing == Doing::Revoking => (
            4,
            "The server does not know this link as one of yours: it may have ended long ago.".to_owned(),
            "",
        ),
        ProblemType::LinkNotFound => (
            4,
            "There is nothing at this link: it may have ended, or never was.".to_owned(),
            "Check that the link is whole, or ask the sender for a new one.",
        ),
        ProblemType::LinkExpired | ProblemType::LinkExhausted | ProblemType::LinkRevoked => (
            4,
            format!("{}{ended}", problem.kind.title()),
            "Ask the sender for a new one.",
        ),
        ProblemType::LinkBusy => (
            4,
            problem.kind.title().to_owned(),
            "Try again in a few minutes: a place comes free when a running download ends without success.",
        ),
        ProblemType::ClaimEnded | ProblemType::ClaimNotFound => (
            4,
            "The place on this link was given up meanwhile.".to_owned(),
            "Receive again.",
        ),
        ProblemType::TooLarge => (
            8,
            format!("This is over a limit of the server.{detail}{limit}"),
            "Send less, a shorter time or fewer downloads, or ask whoever runs the server.",
        ),
        ProblemType::StorageFull => (
            8,
            "The server has no room for this.".to_owned(),
            "Send less, or ask whoever runs the server.",
        ),
        ProblemType::GuestsOff => (
            1,
            "This server takes nothing from people without an account.".to_owned(),
            "Use another server with --server.",
        ),
        ProblemType::TooManyRequests | ProblemType::Unavailable | ProblemType::Internal => (
            3,
            format!("The server cannot do this right now.{detail}"),
            "Try again in a few minutes.",
        ),
        ProblemType::InvalidRequest => (1, format!("The server does not accept this.{detail}"), ""),
        ProblemType::UploadRefused | ProblemType::PartsDiffer | ProblemType::UploadState => (
            1,
            format!("The server did not accept what was sent: {}", problem.kind.title()),
            "Send again.",
        ),
        _ => (1, format!("{}{detail}", problem.kind.title()), "Try again."),
    };
    Failure::new(code, join(&[&what, safe, todo]))
}

/// Says what is wrong with a link's text.
pub(crate) fn explain_link(fault: LinkFault) -> Failure {
    match fault {
        LinkFault::NoKey => Failure::usage(
            "The link has no key: the part from # on is missing. Nothing was asked of the server. Paste the whole link, in \
             quotes, because a shell may drop what follows #.",
        ),
        LinkFault::Incomplete => Failure::usage(
            "The link is cut off or mistyped. Nothing was asked of the server. Copy the whole link again from where you \
             got it.",
        ),
        LinkFault::Foreign => Failure::usage(
            "This is not a Sealdrop link: one looks like https://host/d/…#…. Nothing was asked of any server. Check what \
             you pasted.",
        ),
        LinkFault::NewerVersion => {
            Failure::other("The link was made by a newer version of Sealdrop. Update sealdrop and try again.")
        }
    }
}

fn join(sentences: &[&str]) -> String {
    let said: Vec<&str> = sentences.iter().copied().filter(|one| !one.is_empty()).collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(error: &TransferError) -> u8 {
        explain(error, Doing::Receiving, "https://drop.example").code
    }

    #[test]
    fn each_kind_has_its_documented_code() {
        let problem = |kind| TransferError::from(Problem::new(kind));
        assert_eq!(code(&TransferError::Unreachable), 3);
        assert_eq!(code(&problem(ProblemType::Unavailable)), 3);
        for gone in [
            ProblemType::LinkNotFound,
            ProblemType::LinkExpired,
            ProblemType::LinkExhausted,
            ProblemType::LinkRevoked,
            ProblemType::LinkBusy,
        ] {
            assert_eq!(code(&problem(gone)), 4);
        }
        assert_eq!(code(&TransferError::WrongPassword), 5);
        assert_eq!(code(&TransferError::NotWhatWasSealed), 6);
        assert_eq!(code(&TransferError::SourceChanged { file: "a".to_owned() }), 7);
        assert_eq!(code(&TransferError::DiskFull { file: "a".to_owned() }), 8);
        assert_eq!(code(&problem(ProblemType::TooLarge)), 8);
        assert_eq!(code(&TransferError::Cancelled), 130);
        assert_eq!(explain_link(LinkFault::NoKey).code, 2);
    }

    #[test]
    fn every_problem_is_said_in_sentences() {
        for kind in ProblemType::ALL {
            let failure = explain(&Problem::new(*kind).into(), Doing::Sending, "https://drop.example");
            assert!(
                failure.message.ends_with('.') && failure.message.contains("Your files are untouched"),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn what_others_wrote_cannot_move_the_cursor() {
        let failure = explain(
            &TransferError::SaveRefused {
                file: "\u{1b}[2Ja".to_owned(),
                why: "no".to_owned(),
            },
            Doing::Receiving,
            "x",
        );
        assert!(!failure.message.contains('\u{1b}'));
    }
}
