use std::time::Duration;

use sealdrop_mail::{BrevoMailer, FailureKind, Mailer, SendError};
use sealdrop_test_support::mail::{BrevoAnswer, BrevoDouble};
use url::Url;

use crate::{UNSUBSCRIBE, mail_to, notice_to, sender};

pub(crate) async fn start() -> (BrevoDouble, BrevoMailer) {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let double = BrevoDouble::start().await.expect("it listens");
    let url = Url::parse(&double.url).expect("an address");
    let mailer = BrevoMailer::new(&url, BrevoDouble::KEY, sender()).expect("a mailer");
    (double, mailer)
}

#[tokio::test]
async fn a_mail_is_taken_with_its_key_of_idempotency() {
    let (double, mailer) = start().await;
    let sent = mailer.send(&mail_to("ann@bücher.test")).await.expect("it is sent");
    assert_eq!(sent.provider_id.as_deref(), Some("<1@smtp-relay.mailin.fr>"));
    let request = double.requests().remove(0);
    assert_eq!(request.headers["api-key"], BrevoDouble::KEY);
    assert_eq!(request.body["to"][0]["email"], "ann@xn--bcher-kva.test");
    assert_eq!(request.body["sender"]["name"], "Sealdrop");
    assert_eq!(request.body["headers"]["Auto-Submitted"], "auto-generated");
    assert_eq!(double.taken(), ["07070707-0707-4707-8707-070707070707"]);
    assert!(
        !request.body["subject"]
            .as_str()
            .expect("a subject")
            .contains("00012345")
    );
}

#[tokio::test]
async fn m08_a_notice_is_handed_over_with_where_it_is_turned_off() {
    let (double, mailer) = start().await;
    mailer.send(&mail_to("ann@x.test")).await.expect("it is sent");
    let mut notice = notice_to("ann@x.test");
    notice.id = sealdrop_mail::MailId([8; 16]);
    mailer.send(&notice).await.expect("it is sent");
    let requests = double.requests();
    let of_code = requests[0].body["headers"].as_object().expect("headers");
    assert!(of_code.keys().all(|name| !name.starts_with("List-")), "{of_code:?}");
    let headers = &requests[1].body["headers"];
    assert_eq!(headers["List-Unsubscribe"], format!("<{UNSUBSCRIBE}>"));
    assert_eq!(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert_eq!(headers["Auto-Submitted"], "auto-generated");
}

#[tokio::test]
async fn e01_m30_an_answer_that_was_lost_sends_no_second_mail() {
    let (double, mailer) = start().await;
    double.answer([BrevoAnswer::Lost]);
    let mail = mail_to("ann@x.test");
    let lost = mailer.send(&mail).await.expect_err("nobody heard");
    assert_eq!(lost, SendError::temporary("connection"));
    let sent = mailer.send(&mail).await.expect("it was taken before");
    assert_eq!((sent.provider_id, double.taken().len()), (None, 1));
    assert_eq!(double.requests().len(), 2);
}

#[tokio::test]
async fn e02_busy_names_the_time_of_the_next_try() {
    let (double, mailer) = start().await;
    double.answer([BrevoAnswer::Busy(77), BrevoAnswer::Odd(429, "slow down")]);
    for expected in [77, 60] {
        let error = mailer.send(&mail_to("ann@x.test")).await.expect_err("busy");
        let retry_after = Some(Duration::from_secs(expected));
        assert_eq!(
            error,
            SendError::new(FailureKind::Temporary { retry_after }, "brevo 429 unknown")
        );
    }
    mailer.send(&mail_to("ann@x.test")).await.expect("it is sent");
}

#[tokio::test]
async fn e03_an_account_that_may_not_send_is_not_asked_again() {
    for (status, code) in [
        (401, "unauthorized"),
        (400, "not_enough_credits"),
        (402, "not_enough_credits"),
        (403, "permission_denied"),
        (400, "account_under_validation"),
    ] {
        let (double, mailer) = start().await;
        double.answer([BrevoAnswer::Error(status, code)]);
        for _ in 0..3 {
            let error = mailer.send(&mail_to("ann@x.test")).await.expect_err("closed");
            assert!(matches!(error.kind, FailureKind::Unavailable { .. }), "{error:?}");
            assert_eq!(error.code, format!("brevo {status} {code}"));
        }
        assert_eq!(double.requests().len(), 1, "it was asked again");
        assert_eq!(mailer.health(), Err(format!("brevo {status} {code}")));
    }
}

#[tokio::test]
async fn e01_what_is_wrong_with_one_mail_is_final_and_the_rest_passes() {
    let (double, mailer) = start().await;
    for (answer, is_final, code) in [
        (
            BrevoAnswer::Error(400, "invalid_parameter"),
            true,
            "brevo 400 invalid_parameter",
        ),
        (BrevoAnswer::Error(500, "x"), false, "brevo 500 unknown"),
        (
            BrevoAnswer::Odd(503, "<html>ann@x.test</html>"),
            false,
            "brevo 503 unknown",
        ),
        (BrevoAnswer::Odd(302, ""), false, "brevo 302 unknown"),
        (BrevoAnswer::Error(400, "ann@x.test"), true, "brevo 400 unknown"),
    ] {
        double.answer([answer]);
        let error = mailer.send(&mail_to("ann@x.test")).await.expect_err(code);
        assert_eq!(
            (error.kind == FailureKind::Permanent, error.code.as_str()),
            (is_final, code)
        );
    }
    assert_eq!(mailer.health(), Ok(()));
}

#[tokio::test]
async fn m10_letters_beyond_ascii_are_not_handed_to_an_api_that_says_nothing_of_them() {
    let (double, mailer) = start().await;
    let error = mailer.send(&mail_to("jürgen@x.test")).await.expect_err("refused");
    assert_eq!((error, double.requests().len()), (SendError::permanent("smtputf8"), 0));
}
