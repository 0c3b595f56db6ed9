//! A refusal of the server, in sentences.

use sealdrop_api::{Problem, ProblemType};

use super::{Doing, Failure, join};
use crate::text::{bytes, escape};

pub(super) fn explain_problem(problem: &Problem, doing: Doing) -> Failure {
    let safe = doing.what_is_safe();
    if let Some((code, what, todo)) = explain_link_problem(problem, doing) {
        return Failure::new(code, join(&[&what, safe, todo]));
    }
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
        ProblemType::TooLarge if problem.detail.is_some() => (
            8,
            detail.trim_start().to_owned(),
            "Choose another value, or ask the operator of the server.",
        ),
        ProblemType::TooLarge => (
            8,
            format!("This is over the limit of the server.{limit}"),
            "Send less, choose an earlier expiry or fewer downloads, or ask the operator of the server.",
        ),
        ProblemType::StorageFull => (
            8,
            "The server has no space left.".to_owned(),
            "Send less, or ask the operator of the server.",
        ),
        ProblemType::GuestsOff => (
            1,
            "Sending to this server needs an account.".to_owned(),
            "Use another server with --server.",
        ),
        ProblemType::TooManyRequests | ProblemType::Unavailable | ProblemType::Internal => (
            3,
            format!("The server is temporarily unavailable.{detail}"),
            "Try again in a few minutes.",
        ),
        ProblemType::InvalidRequest => (1, format!("The server does not accept this request.{detail}"), ""),
        ProblemType::UploadRefused | ProblemType::PartsDiffer | ProblemType::UploadState => (
            1,
            format!("The server did not accept the upload. {}", problem.kind.title()),
            "Send again.",
        ),
        _ => (1, format!("{}{detail}", problem.kind.title()), "Try again."),
    };
    Failure::new(code, join(&[&what, safe, todo]))
}

/// Code, what happened and what to do, for a problem with a link or a claim on it.
fn explain_link_problem(problem: &Problem, doing: Doing) -> Option<(u8, String, &'static str)> {
    let ended = problem
        .ended_at
        .map(|at| format!(" It ended on {}.", crate::text::instant(at)))
        .unwrap_or_default();
    Some(match problem.kind {
        ProblemType::LinkNotFound if doing == Doing::Revoking => (
            4,
            "The server does not know this link, or it expired long ago.".to_owned(),
            "",
        ),
        ProblemType::LinkNotFound => (
            4,
            "This link does not exist or has expired.".to_owned(),
            "Check that the link is complete, or ask the sender for a new one.",
        ),
        ProblemType::LinkExhausted => match problem.revivable_until {
            Some(until) => (
                4,
                format!(
                    "This link has reached its download limit. The sender can allow more downloads until {}.",
                    crate::text::instant(until)
                ),
                "Ask the sender, then try again.",
            ),
            None => (
                4,
                "This link has reached its download limit, and its files are deleted.".to_owned(),
                "Ask the sender for a new one.",
            ),
        },
        ProblemType::LinkExpired | ProblemType::LinkRevoked => (
            4,
            format!("{}{ended}", problem.kind.title()),
            "Ask the sender for a new one.",
        ),
        ProblemType::LinkBusy => (
            4,
            problem.kind.title().to_owned(),
            "Try again in a few minutes: if a running download does not finish, you can take its place.",
        ),
        ProblemType::ClaimEnded | ProblemType::ClaimNotFound => (
            4,
            "The download was interrupted for too long and lost its place on the link.".to_owned(),
            "Receive again.",
        ),
        ProblemType::LinkExists if doing == Doing::Sending => (
            1,
            "A link to these files was already made with other options, but never shown.".to_owned(),
            "Use the same options as before, or add --discard to delete it, then send again.",
        ),
        _ => return None,
    })
}
