use std::sync::Arc;

use sealdrop_mail::{FallbackMailer, Mailer as _, SendError};
use sealdrop_test_support::mail::{BrevoAnswer, SmtpScript};

use crate::{brevo, mail_to, smtp};

#[tokio::test]
async fn e03_the_second_way_is_taken_while_the_first_is_closed_and_only_then() {
    let (double, first) = brevo::start().await;
    let (relay, second) = smtp::start(SmtpScript::default()).await;
    let mailer = FallbackMailer::new(Arc::new(first), Arc::new(second));
    assert_eq!(
        mailer.send(&mail_to("ann@x.test")).await.expect("it is sent").by,
        "brevo"
    );
    // It may have been taken: another way would make two mails of it.
    double.answer([BrevoAnswer::Error(500, "x"), BrevoAnswer::Error(401, "unauthorized")]);
    let error = mailer.send(&mail_to("ann@x.test")).await.expect_err("not now");
    assert_eq!(error, SendError::temporary("brevo 500 unknown"));
    assert_eq!((relay.sessions().len(), mailer.health()), (0, Ok(())));
    for number in 1..=2 {
        let sent = mailer.send(&mail_to("bob@x.test")).await.expect("it is sent");
        assert_eq!((sent.by, relay.sessions().len()), ("smtp", number));
    }
    assert_eq!(double.requests().len(), 3);
    assert_eq!(
        mailer.health(),
        Err("brevo 401 unauthorized; mail goes out by smtp".to_owned())
    );
}
