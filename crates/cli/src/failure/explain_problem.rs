//! A refusal of the server, in sentences.

use sealdrop_api::{LimitKind, Problem, ProblemType};

use super::{Doing, Failure, join};
use crate::text::{bytes, downloads, escape, span};

pub(super) fn explain_problem(problem: &Problem, doing: Doing, server: &str) -> Failure {
    let safe = doing.what_is_safe();
    if let Some((code, what, todo)) = explain_account_problem(problem, server) {
        return Failure::new(code, join(&[&what, safe, &todo]));
    }
    if let Some((code, what, todo)) = explain_link_problem(problem, doing) {
        return Failure::new(code, join(&[&what, safe, todo]));
    }
    let (code, what, todo) = match problem.kind {
        ProblemType::TooLarge => explain_limit(problem),
        ProblemType::QuotaExceeded => (
            8,
            explain_quota(problem),
            "End links that you do not need any more, or send less.",
        ),
        ProblemType::StorageFull => (
            8,
            "The server has no space left.".to_owned(),
            "Send less, or ask the operator of the server.",
        ),
        ProblemType::GuestsOff => (
            1,
            "Sending to this server needs an account.".to_owned(),
            "Sign in with `sealdrop login`, or use another server with --server.",
        ),
        ProblemType::TooManyRequests | ProblemType::Unavailable | ProblemType::Internal => (
            3,
            join(&[
                "The server is temporarily unavailable.",
                explain_wait(problem.limit_kind),
            ]),
            "Try again in a few minutes.",
        ),
        ProblemType::InvalidRequest => {
            // A defect of this program, or two versions that disagree: what the server says of it is quoted.
            let detail = problem.detail.as_deref().map(escape).unwrap_or_default();
            (1, join(&["The server does not accept this request.", &detail]), "")
        }
        ProblemType::UploadRefused | ProblemType::PartsDiffer | ProblemType::UploadState => (
            1,
            format!("The server did not accept the upload. {}", problem.kind.title()),
            "Send again.",
        ),
        _ => (1, problem.kind.title().to_owned(), "Try again."),
    };
    Failure::new(code, join(&[&what, safe, todo]))
}

/// Code, what happened and what to do, for a problem with who is signed in.
fn explain_account_problem(problem: &Problem, server: &str) -> Option<(u8, String, String)> {
    Some(match problem.kind {
        ProblemType::Unauthenticated => (
            1,
            format!("You are not signed in to {server}, or your access token has ended."),
            format!("Sign in again with `sealdrop login --server {server}`."),
        ),
        ProblemType::Scope => {
            let missing = problem.scope.map_or("another one", |scope| scope.as_str());
            (
                1,
                format!("Your access token may not do this: it lacks the scope `{missing}`."),
                format!("Sign in with one that has it: `sealdrop login --server {server}`."),
            )
        }
        ProblemType::CodeEnded => (
            1,
            "This code has ended: it was used, tried too often, or is too old.".to_owned(),
            "Run the command again for a new one.".to_owned(),
        ),
        _ => return None,
    })
}

/// Code, what happened and what to do, for what is over a limit of the server.
fn explain_limit(problem: &Problem) -> (u8, String, &'static str) {
    let limit = problem.limit.unwrap_or_default();
    let most = match problem.limit_kind {
        Some(LimitKind::ExpiresIn) => format!("can last at most {}", span(limit)),
        Some(LimitKind::MinExpiresIn) => format!("must last at least {}", span(limit)),
        Some(LimitKind::Downloads) => format!(
            "can have at most {}",
            downloads(u32::try_from(limit).unwrap_or(u32::MAX))
        ),
        Some(LimitKind::LinkObjects) => format!("can have at most {limit} objects"),
        _ => {
            let limit = problem.limit.map(|limit| format!("The limit is {}.", bytes(limit)));
            return (
                8,
                join(&["This is over the limit of the server.", &limit.unwrap_or_default()]),
                "Send less, choose an earlier expiry or fewer downloads, or ask the operator of the server.",
            );
        }
    };
    (
        8,
        format!("A link {most} on this server."),
        "Choose another value, or ask the operator of the server.",
    )
}

/// What an account holds, of what it may.
fn explain_quota(problem: &Problem) -> String {
    let of = problem.used.zip(problem.limit);
    let of = of.map(|(used, quota)| format!("It holds {} of {}.", bytes(used), bytes(quota)));
    join(&["Your account has no space left for this.", &of.unwrap_or_default()])
}

const fn explain_wait(limit: Option<LimitKind>) -> &'static str {
    match limit {
        Some(LimitKind::OpenUploads) => "Your network has too many unfinished uploads: finish or cancel some.",
        Some(LimitKind::SignedBytes) => "Your network has to finish the uploads that it has started.",
        Some(LimitKind::Previews) => "This link was previewed too often. It can still be downloaded.",
        _ => "",
    }
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
        ProblemType::LinkRemoved => (
            4,
            format!("{}{ended}", problem.kind.title()),
            "Its files are deleted. Ask the operator why, or the sender for them in another way.",
        ),
        ProblemType::LinkPaused => (
            4,
            problem.kind.title().to_owned(),
            "Nothing is lost. Try again later, or ask the sender.",
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
