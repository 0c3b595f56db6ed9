//! A refusal of the server, in sentences.

use sealdrop_api::{Problem, ProblemType};

use super::{Doing, Failure, join};
use crate::text::{bytes, escape};

pub(super) fn explain_problem(problem: &Problem, doing: Doing) -> Failure {
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
        ProblemType::LinkExists if doing == Doing::Sending => (
            1,
            "A link to these files was made before and never shown, with other choices or of other files.".to_owned(),
            "Choose as before, or remove it with --discard and send again.",
        ),
        _ => (1, format!("{}{detail}", problem.kind.title()), "Try again."),
    };
    Failure::new(code, join(&[&what, safe, todo]))
}
