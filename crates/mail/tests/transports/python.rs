//! What another implementation of mail reads: Python's parser, behind aiosmtpd.

use std::{
    io::{BufRead as _, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};

use sealdrop_mail::{Letter, MailUrl, Mailer as _, SendError, SmtpMailer};
use serde_json::Value;

use crate::{UNSUBSCRIBE, mail_to, notice_to, sender};

/// `end2end/smtp_sink.py`; killed when dropped.
struct Sink {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Sink {
    fn start(arguments: &[&str]) -> (Self, SmtpMailer) {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let mut child = Command::new(format!("{root}/.venv/bin/python"))
            .arg(format!("{root}/end2end/smtp_sink.py"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut sink = Self { child, lines };
        let port = sink.next()["port"].as_u64().expect("a port");
        let Ok(MailUrl::Smtp(settings)) = MailUrl::parse(&format!("smtp://127.0.0.1:{port}?tls=none")) else {
            panic!("an address")
        };
        (sink, SmtpMailer::new(settings, sender(), Some("files.test")))
    }

    fn next(&mut self) -> Value {
        let line = self.lines.next().expect("a line").expect("it is read");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Report 32: accents, long words, long lines and lone dots come back as they were.
#[tokio::test]
#[ignore = "needs Python with the package aiosmtpd"]
async fn m32_another_parser_reads_what_was_written() {
    let (mut sink, mailer) = Sink::start(&[]);
    let long = "x".repeat(2_000);
    for (number, subject) in [
        "Ihr Code für Übertragungen – gültig bis 11:48, und noch ein langer Rest, damit die Zeile umbricht: äöüß",
        "आपका साइन-इन कोड: कृपया इसे किसी के साथ साझा न करें और दस मिनट में उपयोग करें",
        "Your sign-in code",
    ]
    .into_iter()
    .enumerate()
    {
        let mut mail = mail_to("Ann@bücher.test");
        mail.letter = Letter {
            subject: subject.to_owned(),
            text: format!("Grüße\n.\n..\n{long}\nFrom here\n"),
            html: format!("<p>Grüße</p>\n.\n<p>{long}</p>\n"),
        };
        mailer
            .send(&mail)
            .await
            .unwrap_or_else(|error| panic!("{number}: {error}"));
        let seen = sink.next();
        let header = |name: &str| seen["headers"][name].as_str().unwrap_or_default().to_owned();
        assert_eq!(header("subject"), subject);
        assert_eq!(seen["text"], mail.letter.text);
        assert_eq!(seen["html"], mail.letter.html);
        assert_eq!(seen["parts"], serde_json::json!(["text/plain", "text/html"]));
        assert_eq!(
            (&seen["hello"], &seen["to"][0]),
            (&"files.test".into(), &"Ann@xn--bcher-kva.test".into())
        );
        assert_eq!(header("message-id"), "<07070707070707070707070707070707@send.test>");
        assert_eq!(header("from"), "Sealdrop <mail@send.test>");
        assert_eq!(header("auto-submitted"), "auto-generated");
        assert_eq!(seen["defects"], serde_json::json!([]));
        assert!(
            seen["longest_line"].as_u64().is_some_and(|length| length <= 998),
            "{}",
            seen["longest_line"]
        );
        assert!(
            seen["longest_word"].as_u64().is_some_and(|length| length <= 75),
            "{}",
            seen["longest_word"]
        );
    }
}

/// RFC 8058: a mail program reads the address whole, however long it is, and the header that lets it post there.
#[tokio::test]
#[ignore = "needs Python with the package aiosmtpd"]
async fn m08_another_parser_reads_where_a_notice_is_turned_off() {
    let (mut sink, mailer) = Sink::start(&[]);
    mailer.send(&notice_to("ann@x.test")).await.expect("it is sent");
    let seen = sink.next();
    assert_eq!(seen["headers"]["list-unsubscribe"], format!("<{UNSUBSCRIBE}>"));
    assert_eq!(seen["headers"]["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    assert_eq!(seen["defects"], serde_json::json!([]));
    mailer.send(&mail_to("ann@x.test")).await.expect("it is sent");
    let code = sink.next();
    assert_eq!(code["headers"]["list-unsubscribe"], serde_json::Value::Null, "{code}");
}

/// Reports 7 and 10, at a server that is used in real life.
#[tokio::test]
#[ignore = "needs Python with the package aiosmtpd"]
async fn m07_m10_a_real_server_refuses_now_and_never() {
    let (mut sink, mailer) = Sink::start(&["--no-smtputf8", "--refuse-first", "1"]);
    let error = mailer.send(&mail_to("jürgen@x.test")).await.expect_err("no SMTPUTF8");
    assert_eq!(error, SendError::permanent("smtputf8"));
    let error = mailer.send(&mail_to("ann@x.test")).await.expect_err("not now");
    assert_eq!(error, SendError::temporary("smtp 451"));
    mailer.send(&mail_to("ann@x.test")).await.expect("now");
    let seen = sink.next();
    assert_eq!(seen["to"][0], "ann@x.test");
    assert!(
        seen["text"]
            .as_str()
            .is_some_and(|text| text.lines().any(|line| line == "00012345")),
        "{seen}"
    );
    let (mut sink, mailer) = Sink::start(&[]);
    mailer
        .send(&mail_to("jürgen@bücher.test"))
        .await
        .expect("it knows SMTPUTF8");
    assert_eq!(sink.next()["to"][0], "jürgen@xn--bcher-kva.test");
}
