use sealdrop_mail::{FailureKind, MailUrl, Mailer, SendError, SmtpMailer};
use sealdrop_test_support::mail::{SmtpDouble, SmtpScript};

use crate::{UNSUBSCRIBE, mail_to, notice_to, sender};

pub(crate) async fn start(script: SmtpScript) -> (SmtpDouble, SmtpMailer) {
    let double = SmtpDouble::start(script).await.expect("it listens");
    let mailer = mailer(&format!("smtp://me:hunter2@127.0.0.1:{}?tls=none", double.port));
    (double, mailer)
}

fn mailer(url: &str) -> SmtpMailer {
    let Ok(MailUrl::Smtp(settings)) = MailUrl::parse(url) else {
        panic!("{url} names no server")
    };
    SmtpMailer::new(settings, sender(), Some("files.test"))
}

fn script(answers: &[(&'static str, &'static str)]) -> SmtpScript {
    SmtpScript {
        answers: answers.to_vec(),
        ..SmtpScript::default()
    }
}

/// Report 32: neither EHLO nor `Message-ID` has the name of this machine.
#[tokio::test]
async fn m32_a_mail_has_the_headers_of_one() {
    let (double, mailer) = start(SmtpScript::default()).await;
    mailer.send(&mail_to("Ann@bücher.test")).await.expect("it is sent");
    let session = double.sessions().remove(0);
    assert_eq!(session.commands[0], "EHLO files.test");
    assert!(
        session.commands.iter().any(|line| line == "MAIL FROM:<mail@send.test>"),
        "{session:?}"
    );
    assert!(
        session
            .commands
            .iter()
            .any(|line| line == "RCPT TO:<Ann@xn--bcher-kva.test>"),
        "{session:?}"
    );
    for header in [
        "Message-ID: <07070707070707070707070707070707@send.test>",
        "Date: Mon, 30 Nov 2026 14:05:59 +0000",
        "From: Sealdrop <mail@send.test>",
        "To: Ann@xn--bcher-kva.test",
        "Subject: Your sign-in code",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ] {
        assert!(
            session.data.lines().any(|line| line == header),
            "{header} is missing:\n{}",
            session.data
        );
    }
    assert!(!session.data.to_lowercase().contains("list-unsubscribe"));
    let (text, html) = (session.data.find("text/plain"), session.data.find("text/html"));
    assert!(text.is_some() && text < html, "the text comes first");
    assert!(session.data.lines().any(|line| line == "00012345"), "{}", session.data);
    assert!(session.data.is_ascii() && session.data.lines().all(|line| line.len() <= 998));
}

/// RFC 8058, section 3.1: both headers, each whole in one line.
#[tokio::test]
async fn m08_a_notice_says_where_it_is_turned_off() {
    let (double, mailer) = start(SmtpScript::default()).await;
    mailer.send(&notice_to("ann@x.test")).await.expect("it is sent");
    let data = double.sessions().remove(0).data;
    for header in [
        &format!("List-Unsubscribe: <{UNSUBSCRIBE}>"),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(data.lines().any(|line| line == header), "{header} is missing:\n{data}");
    }
}

#[tokio::test]
async fn m10_letters_beyond_ascii_go_where_they_are_understood_and_nowhere_else() {
    let (double, mailer) = start(SmtpScript::default()).await;
    let error = mailer.send(&mail_to("jürgen@x.test")).await.expect_err("refused");
    assert_eq!(error, SendError::permanent("smtputf8"));
    let commands = &double.sessions()[0].commands;
    assert!(
        !commands
            .iter()
            .any(|line| line.starts_with("MAIL") || line.starts_with("RCPT")),
        "{commands:?}"
    );
    let (double, mailer) = start(SmtpScript {
        smtputf8: true,
        ..SmtpScript::default()
    })
    .await;
    mailer.send(&mail_to("jürgen@bücher.test")).await.expect("it is sent");
    let commands = &double.sessions()[0].commands;
    assert!(
        commands
            .iter()
            .any(|line| line == "RCPT TO:<jürgen@xn--bcher-kva.test>"),
        "{commands:?}"
    );
    assert!(
        commands
            .iter()
            .any(|line| line.starts_with("MAIL FROM") && line.contains("SMTPUTF8")),
        "{commands:?}"
    );
}

#[tokio::test]
async fn m07_an_answer_says_whether_to_try_again_and_keeps_no_address() {
    for (answers, kind, code) in [
        (
            ("RCPT", "451 4.7.1 <ann@x.test> come back later"),
            temporary(),
            "smtp 451 4.7.1",
        ),
        (
            ("RCPT", "550 5.1.1 <ann@x.test> nobody of this name"),
            FailureKind::Permanent,
            "smtp 550 5.1.1",
        ),
        (("MAIL", "421 ann@x.test"), temporary(), "smtp 421"),
        (
            (".", "554 ann@x.test looks like spam"),
            FailureKind::Permanent,
            "smtp 554",
        ),
        (("EHLO", "421 full"), temporary(), "smtp 421"),
    ] {
        let (_double, mailer) = start(script(&[answers])).await;
        let error = mailer.send(&mail_to("ann@x.test")).await.expect_err(code);
        assert_eq!((error.kind, error.code.as_str()), (kind, code));
    }
    let nobody = mailer("smtp://127.0.0.1:1?tls=none");
    let error = nobody.send(&mail_to("ann@x.test")).await.expect_err("nobody listens");
    assert_eq!(error, SendError::temporary("connection"));
}

fn temporary() -> FailureKind {
    FailureKind::Temporary { retry_after: None }
}

#[tokio::test]
async fn e03_a_password_that_is_refused_is_not_tried_again_and_again() {
    let (double, mailer) = start(script(&[("AUTH", "535 5.7.8 no")])).await;
    for _ in 0..3 {
        let error = mailer.send(&mail_to("ann@x.test")).await.expect_err("refused");
        assert!(matches!(error.kind, FailureKind::Unavailable { .. }), "{error:?}");
        assert_eq!(error.code, "smtp-auth 535");
    }
    assert_eq!(
        (double.sessions().len(), mailer.health()),
        (1, Err("smtp-auth 535".to_owned()))
    );
}

/// Without TLS, where it was asked for, neither password nor mail leaves.
#[tokio::test]
async fn a_server_without_tls_hears_no_password() {
    let double = SmtpDouble::start(SmtpScript::default()).await.expect("it listens");
    let mailer = mailer(&format!("smtp://me:hunter2@127.0.0.1:{}", double.port));
    let error = mailer.send(&mail_to("ann@x.test")).await.expect_err("no TLS");
    assert_eq!(error, SendError::temporary("smtp-refused"));
    let commands = double.sessions().remove(0).commands;
    assert!(commands.iter().all(|line| line.starts_with("EHLO")), "{commands:?}");
}

#[tokio::test]
async fn m30_a_copy_after_a_lost_answer_is_the_same_mail() {
    let (double, mailer) = start(SmtpScript {
        cuts_first: true,
        ..SmtpScript::default()
    })
    .await;
    let mail = mail_to("ann@x.test");
    let lost = mailer.send(&mail).await.expect_err("nobody heard");
    assert!(matches!(lost.kind, FailureKind::Temporary { .. }), "{lost:?}");
    mailer.send(&mail).await.expect("it is sent");
    let sessions = double.sessions();
    let named = |number: usize, name: &str| {
        let line = sessions[number].data.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    for name in ["Message-ID: ", "Date: ", "00012345"] {
        assert_eq!(named(0, name), named(1, name));
    }
}

/// Report 31: the library's timeout is not one for the whole.
#[tokio::test(start_paused = true)]
async fn m31_a_silent_server_is_left_after_thirty_seconds() {
    let (_double, mailer) = start(SmtpScript {
        is_silent: true,
        ..SmtpScript::default()
    })
    .await;
    let begun = tokio::time::Instant::now();
    let error = mailer.send(&mail_to("ann@x.test")).await.expect_err("silence");
    assert_eq!(error, SendError::temporary("timeout"));
    assert!(
        begun.elapsed() <= std::time::Duration::from_secs(31),
        "{:?}",
        begun.elapsed()
    );
}

/// The mail is the server's once it said so; what it does with QUIT changes nothing.
#[tokio::test]
async fn m31_a_server_that_says_no_goodbye_has_the_mail() {
    let (double, mailer) = start(SmtpScript {
        keeps_quiet_at_quit: true,
        ..SmtpScript::default()
    })
    .await;
    mailer.send(&mail_to("ann@x.test")).await.expect("it is sent");
    mailer
        .send(&mail_to("ann@x.test"))
        .await
        .expect("and the next one, on a connection of its own");
    assert_eq!(double.sessions().len(), 2);
}
