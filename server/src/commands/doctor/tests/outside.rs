//! Mail and payments: asked, and nothing is sent or charged.

use sealdrop_service::{Clock as _, SystemClock};
use sealdrop_test_support::{
    mail::{BrevoDouble, SmtpDouble, SmtpScript},
    razorpay::{KEY_SECRET, RazorpayDouble, TEST_KEY},
};

use super::{codes, install_tls};
use crate::{
    commands::doctor::{finding::Finding, outside, running},
    config::{Config, Reader},
};

fn config(pairs: &[(&str, &str)]) -> Config {
    install_tls();
    let mut all = vec![("MAIL_FROM", "Sealdrop <no-reply@drop.test>")];
    all.extend_from_slice(pairs);
    Config::read(Reader::of(&all)).expect("settings")
}

fn text(found: &[Finding]) -> String {
    found.iter().map(Finding::text).collect()
}

#[tokio::test]
async fn o27_smtp_is_asked_for_its_name_and_password_and_gets_no_mail() {
    let auth = ("EHLO", "250-double\r\n250 AUTH PLAIN LOGIN");
    let script = |answers: Vec<(&'static str, &'static str)>| SmtpScript {
        answers,
        ..SmtpScript::default()
    };
    for (answers, expected) in [
        (vec![auth, ("AUTH", "235 welcome")], &[][..]),
        (vec![auth, ("AUTH", "535 5.7.8 no")], &["mail-login"]),
        (
            vec![("EHLO", "554 not from there"), ("HELO", "554 not from there")],
            &["mail-refused"],
        ),
    ] {
        let server = SmtpDouble::start(script(answers)).await.expect("a server");
        let url = format!("smtp://user:hunter22@127.0.0.1:{}?tls=none", server.port);
        let found = outside::mail(&config(&[("MAIL_URL", &url)])).await;
        assert_eq!(codes(&found), expected, "{found:?}");
        assert!(!text(&found).contains("hunter22"), "{found:?}");
        let said: Vec<String> = server
            .sessions()
            .into_iter()
            .flat_map(|session| session.commands)
            .collect();
        assert!(
            said.iter()
                .all(|line| !line.starts_with("MAIL") && !line.starts_with("RCPT")),
            "{said:?}"
        );
    }
    let found = outside::mail(&config(&[("MAIL_URL", "smtp://user:hunter22@127.0.0.1:1")])).await;
    assert_eq!(codes(&found), ["mail-unreachable"]);
}

/// As where a host drops outgoing connections without a word. The clock moves on as soon as nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn o27_a_relay_that_says_nothing_is_named() {
    let script = SmtpScript {
        is_silent: true,
        ..SmtpScript::default()
    };
    let server = SmtpDouble::start(script).await.expect("a server");
    let url = format!("smtp://user:hunter22@127.0.0.1:{}?tls=none", server.port);
    let found = outside::mail(&config(&[("MAIL_URL", &url)])).await;
    assert_eq!(codes(&found), ["mail-silent"], "{found:?}");
    assert!(
        text(&found).contains("2525") && text(&found).contains("HTTPS"),
        "{found:?}"
    );
}

#[tokio::test]
async fn o27_mail_that_reaches_no_user_is_named_where_the_server_is_public() {
    let public = ("SEALDROP_PUBLIC_URL", "https://drop.test");
    assert_eq!(codes(&outside::mail(&config(&[public])).await), ["mail-memory"]);
    assert!(codes(&outside::mail(&config(&[])).await).is_empty());
}

#[tokio::test]
async fn o27_brevo_is_asked_for_the_account() {
    for (key, expected) in [(BrevoDouble::KEY, &[][..]), ("xkeysib-another", &["mail-key"])] {
        let double = BrevoDouble::start().await.expect("a double");
        let found = outside::mail(&config(&[
            ("MAIL_URL", "brevo:"),
            ("BREVO_API_KEY", key),
            ("BREVO_API_URL", &double.url),
        ]))
        .await;
        assert_eq!(codes(&found), expected, "{found:?}");
        assert!(!text(&found).contains(key) && double.taken().is_empty(), "{found:?}");
    }
}

async fn payments(url: &str, more: &[(&str, &str)]) -> Vec<Finding> {
    let mut pairs = vec![
        ("RAZORPAY_API_URL", url),
        ("RAZORPAY_KEY_ID", TEST_KEY),
        ("RAZORPAY_KEY_SECRET", KEY_SECRET),
        ("RAZORPAY_WEBHOOK_SECRET", "a-secret-of-webhooks-for-tests"),
    ];
    for (name, value) in more {
        pairs.retain(|(one, _)| one != name);
        pairs.push((name, value));
    }
    outside::payments(&config(&pairs), SystemClock.now()).await
}

#[tokio::test]
async fn o27_razorpay_is_asked_with_the_key_and_nothing_is_charged() {
    let double = RazorpayDouble::start().await.expect("a double");
    let found = payments(&double.url, &[]).await;
    assert!(
        codes(&found).is_empty() && text(&found).contains("/webhooks/razorpay"),
        "{found:?}"
    );
    let found = payments(&double.url, &[("RAZORPAY_KEY_SECRET", "another-secret-of-it")]).await;
    assert_eq!(codes(&found), ["payments-key"]);
    assert!(!text(&found).contains("another-secret"), "{found:?}");
    let found = payments(&double.url, &[("SEALDROP_PUBLIC_URL", "https://drop.test")]).await;
    assert_eq!(codes(&found), ["payments-test-key"]);
    let found = payments("http://127.0.0.1:1", &[]).await;
    assert_eq!(codes(&found), ["payments-unreachable"]);
}

#[test]
fn o27_what_a_running_server_noticed_is_repeated() {
    let said = r#"{"bucket":"ok","payments":"3 events in a row carried a signature that does not fit","mail":"brevo 401 unauthorized"}"#;
    assert_eq!(
        codes(&running::seen_while_running(said)),
        ["payments-webhook", "mail-closed"]
    );
    assert!(running::seen_while_running(r#"{"bucket":"ok"}"#).is_empty());
    assert!(running::seen_while_running("no JSON").is_empty());
}
