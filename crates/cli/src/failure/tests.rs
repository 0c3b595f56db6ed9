//! Every failure has its documented code and is said in sentences.

use sealdrop_api::{LimitKind, Problem, ProblemType};
use sealdrop_transfer::{InvalidInput, LinkFault, TransferError};

use super::{explain::explain, explain_link::explain_link, *};

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
        ProblemType::LinkRemoved,
        ProblemType::LinkBusy,
        ProblemType::LinkPaused,
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
            failure.message.ends_with('.') && failure.message.contains("Your files are not touched"),
            "{failure:?}"
        );
    }
}

#[test]
fn a_limit_is_said_in_its_unit() {
    let said = |kind, limit| {
        let problem = Problem::too_large(kind, limit);
        let failure = explain(&problem.into(), Doing::Sending, "https://drop.example");
        assert_eq!(failure.code, 8);
        failure.message
    };
    for (kind, limit, words) in [
        (LimitKind::LinkBytes, 2_000_000, "The limit is 2.0 MB."),
        (
            LimitKind::LinkObjects,
            7,
            "A link can have at most 7 objects on this server.",
        ),
        (
            LimitKind::ExpiresIn,
            30 * 86_400,
            "A link can last at most 30 days on this server.",
        ),
        (
            LimitKind::MinExpiresIn,
            60,
            "A link must last at least 1 minute on this server.",
        ),
        (
            LimitKind::Downloads,
            100,
            "A link can have at most 100 downloads on this server.",
        ),
    ] {
        assert!(said(kind, limit).contains(words), "{}", said(kind, limit));
    }
    let input = TransferError::from(InvalidInput::PasswordSize);
    let input = explain(&input, Doing::Sending, "https://drop.example");
    assert_eq!(
        (
            input.code,
            input.message.starts_with("A password is 1 to 1,024 bytes. ")
        ),
        (8, true)
    );
}

#[test]
fn x15_what_stands_in_between_is_named_with_what_to_do() {
    let bucket = |status, code: Option<&str>| TransferError::Bucket {
        status,
        code: code.map(str::to_owned),
    };
    for (error, code, words) in [
        (
            bucket(413, None),
            1,
            ["pieces of this size (413)", "client_max_body_size"],
        ),
        (
            bucket(403, None),
            1,
            ["a firewall, refuses this request (403)", "PUT, PATCH and DELETE"],
        ),
        (
            bucket(405, None),
            1,
            ["this kind of request (405)", "PUT, PATCH and DELETE"],
        ),
        (bucket(401, None), 1, ["asks for a login (401)", "without that login"]),
        (
            bucket(403, Some("SignatureDoesNotMatch")),
            1,
            ["signed for https://drop.example", "SEALDROP_PUBLIC_URL"],
        ),
        (
            TransferError::StorageUnreachable,
            3,
            ["its storage cannot be reached", "tell the operator"],
        ),
        (
            TransferError::Status {
                status: 403,
                retry_after: None,
            },
            1,
            ["a firewall, refuses this request (403)", "another network"],
        ),
    ] {
        let failure = explain(&error, Doing::Sending, "https://drop.example");
        assert_eq!(failure.code, code, "{failure:?}");
        for word in words {
            assert!(failure.message.contains(word), "{word}: {failure:?}");
        }
        assert!(failure.message.contains("Your files are not touched."), "{failure:?}");
        assert!(!failure.message.contains("is not a Sealdrop server"), "{failure:?}");
    }
    let its_own = explain(
        &bucket(403, Some("AccessDenied")),
        Doing::Sending,
        "https://drop.example",
    );
    assert!(
        its_own.message.contains("answered with status 403 (AccessDenied)"),
        "{its_own:?}"
    );
}

#[test]
fn who_comes_too_late_hears_whether_the_sender_can_help() {
    let told = |problem: Problem| explain(&problem.into(), Doing::Asking, "https://drop.example").message;
    let mut kept = Problem::new(ProblemType::LinkExhausted);
    kept.revivable_until = Some(time::OffsetDateTime::UNIX_EPOCH);
    assert!(told(kept).contains("can allow more downloads until 1970-01-01 00:00 UTC."));
    assert!(told(Problem::new(ProblemType::LinkExhausted)).contains("its files are deleted."));
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
