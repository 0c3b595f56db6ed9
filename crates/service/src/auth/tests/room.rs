//! How many rows strangers may cause in all, from however many networks.

use sealdrop_api::ProblemType;

use super::{Asking, DAY, Env, id_of, on_both_databases, problem};

on_both_databases!(
    r15_a03_rows_of_strangers_are_bounded_in_all,
    r15_no_number_of_strangers_takes_a_users_code,
    a_code_that_never_went_out_is_forgotten_after_a_day,
);

async fn r15_a03_rows_of_strangers_are_bounded_in_all(env: Env) {
    env.sign_in("user@x.test").await;
    let mailed = env.code("early@x.test").await;
    let small = env.another(|auth| auth.max_unmailed = 20).await;
    let mut last = None;
    for email in ["stranger", "user"] {
        for n in 0..40 {
            // Of a user the address is one, of strangers there are many.
            let email = match email {
                "user" => "user@x.test".to_owned(),
                _ => format!("s{n}@x.test"),
            };
            let asked = small.ask_sign_in_code(&email, Asking::default()).await.expect("asked");
            assert_eq!(
                (asked.expires_in, asked.resend_in),
                (600, 60),
                "the same answer for all"
            );
            last = Some(asked.challenge);
        }
    }
    assert_eq!(env.number("SELECT COUNT(*) FROM challenges WHERE mailed = 0").await, 20);
    assert_eq!(
        env.number("SELECT COUNT(*) FROM challenges WHERE mailed = 0 AND is_known = 1")
            .await,
        10
    );
    // With their mails and jobs; those that went out stay, and are counted.
    assert_eq!(env.number("SELECT COUNT(*) FROM mails").await, 22);
    assert_eq!(
        env.number("SELECT COUNT(*) FROM jobs WHERE kind = 'send_mail'").await,
        22
    );
    assert_eq!(env.number("SELECT COUNT(*) FROM challenges WHERE mailed = 1").await, 2);
    env.answer(&mailed.0, &mailed.1.0).await.expect("signed in");
    let last = last.expect("asked");
    assert!(env.mail(&last).await.is_some(), "the newest are there");
    // Jobs that have been done go, too.
    env.sql("UPDATE jobs SET state = 'done', ended_at = made_at WHERE kind = 'send_mail'")
        .await;
    env.sql("UPDATE mails SET state = 'expired', ended_at = made_at").await;
    for n in 0..20 {
        small
            .ask_sign_in_code(&format!("t{n}@x.test"), Asking::default())
            .await
            .expect("asked");
    }
    assert_eq!(
        env.number("SELECT COUNT(*) FROM jobs WHERE kind = 'send_mail'").await,
        22
    );
    assert_eq!(env.number("SELECT COUNT(*) FROM mails").await, 22);
}

async fn r15_no_number_of_strangers_takes_a_users_code(env: Env) {
    env.sign_in("user@x.test").await;
    env.pass(2 * DAY).await;
    let small = env.another(|auth| auth.max_unmailed = 8).await;
    let ask = async |email: &str| {
        let asked = small.ask_sign_in_code(email, Asking::default()).await;
        asked.expect("asked").challenge
    };
    let (user, stranger) = (ask("user@x.test").await, ask("first@x.test").await);
    for n in 0..50 {
        ask(&format!("s{n}@x.test")).await;
    }
    let mail = env.mail(&user).await.expect("it waited all along");
    env.answer(&user, &mail.code).await.expect("signed in");
    assert_eq!(problem(small.get_challenge(&stranger).await), ProblemType::CodeEnded);
    assert!(small.code_mail(&id_of(&stranger)).await.expect("decided").is_none());
}

async fn a_code_that_never_went_out_is_forgotten_after_a_day(env: Env) {
    env.ask("ann@x.test").await;
    env.ask("ben@x.test").await;
    env.sql("UPDATE mails SET state = 'expired', ended_at = made_at").await;
    env.sql("UPDATE mails SET state = 'sent', tries = 1 WHERE canonical = 'ben@x.test'")
        .await;
    env.pass(DAY - 60).await;
    env.service.forget_mails().await.expect("forgotten");
    assert_eq!(env.number("SELECT COUNT(*) FROM mails").await, 2);
    env.pass(120).await;
    env.service.forget_mails().await.expect("forgotten");
    assert_eq!(env.number("SELECT COUNT(*) FROM mails").await, 1);
}
