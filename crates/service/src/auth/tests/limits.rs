//! How much mail may be caused: by address, by host and network, and in all.

use sealdrop_api::ProblemType;

use super::{Asking, Env, host, on_both_databases, problem};
use crate::auth::SignUp;

on_both_databases!(
    a03_an_address_gets_five_an_hour_and_ten_a_day,
    a03_mails_that_are_decided_concurrently_are_five,
    a03_r15_a_host_asks_for_twenty_and_gets_them_back,
    a03_concurrent_requests_of_a_host_are_twenty,
    r15_an_office_signs_in,
    r15_strangers_have_half_of_all_mails,
    r13_a04_known_and_unknown_count_alike,
    r16_limits_hold_for_another_process,
    a_transport_that_fails_uses_up_nothing,
);

async fn a03_an_address_gets_five_an_hour_and_ten_a_day(env: Env) {
    let hour = async || {
        let mut mails = 0;
        for n in 0..12 {
            // What is in front of the `+` is one mailbox.
            let challenge = env.ask(&format!("v+{n}@x.test")).await.challenge;
            mails += i32::from(env.mail(&challenge).await.is_some());
        }
        env.pass(3601).await;
        mails
    };
    let hours = [hour().await, hour().await, hour().await];
    assert_eq!(hours, [5, 5, 0]);
    env.pass(super::DAY).await;
    assert_eq!(hour().await, 5, "the next day");
    let other = env.ask("w@x.test").await.challenge;
    assert!(env.mail(&other).await.is_some(), "others are not meant");
}

async fn a03_r15_a_host_asks_for_twenty_and_gets_them_back(env: Env) {
    let here = host("192.0.2.1/32", "192.0.2.0/24");
    let asking = Asking {
        host: Some(&here),
        ..Asking::default()
    };
    let ask = async |n: u32| env.service.ask_sign_in_code(&format!("a{n}@x.test"), asking).await;
    let mut first = None;
    for n in 0..20 {
        let asked = ask(n).await.expect("asked");
        first.get_or_insert(asked.challenge);
    }
    let refusal = ask(20).await.expect_err("one too many");
    let wait = refusal.retry_after().expect("when to come back").as_secs();
    assert!((1..=3600).contains(&wait), "{wait}");
    assert_eq!(refusal.problem_type(), Some(ProblemType::TooManyRequests));
    assert_eq!(
        env.number("SELECT COUNT(*) FROM challenges").await,
        20,
        "nothing was written"
    );
    // Who signs in gives it back.
    let first = first.expect("the first");
    let code = env.mail(&first).await.expect("a mail").code;
    env.answer(&first, &code).await.expect("signed in");
    ask(20).await.expect("asked");
    assert_eq!(problem(ask(21).await), ProblemType::TooManyRequests);
    // The neighbour, an unknown one, and an operator who counts none.
    let there = host("192.0.2.2/32", "192.0.2.0/24");
    let neighbour = Asking {
        host: Some(&there),
        ..Asking::default()
    };
    env.service
        .ask_sign_in_code("b@x.test", neighbour)
        .await
        .expect("asked");
    env.ask("c@x.test").await;
    let uncounted = env.another(|auth| auth.limits_networks = false).await;
    uncounted.ask_sign_in_code("d@x.test", asking).await.expect("asked");
    env.pass(3601).await;
    ask(22).await.expect("an hour later");
}

/// Several workers decide at the same time, and each counts what the others decided.
async fn a03_mails_that_are_decided_concurrently_are_five(env: Env) {
    let mut challenges = Vec::new();
    for _ in 0..24 {
        challenges.push(env.ask("v@x.test").await.challenge);
    }
    env.connect_all().await;
    let mails = futures::future::join_all(challenges.iter().map(|challenge| env.mail(challenge))).await;
    assert_eq!(mails.iter().flatten().count(), 5);
}

async fn a03_concurrent_requests_of_a_host_are_twenty(env: Env) {
    let here = host("192.0.2.1/32", "192.0.2.0/24");
    let asking = Asking {
        host: Some(&here),
        ..Asking::default()
    };
    let ask = async |n: u32| env.service.ask_sign_in_code(&format!("a{n}@x.test"), asking).await;
    env.connect_all().await;
    let heard = futures::future::join_all((0..60).map(ask)).await;
    assert_eq!(heard.iter().filter(|asked| asked.is_ok()).count(), 20);
}

async fn r15_an_office_signs_in(env: Env) {
    for n in 0..30 {
        let here = host(&format!("192.0.2.{n}/32"), "192.0.2.0/24");
        let asking = Asking {
            host: Some(&here),
            ..Asking::default()
        };
        let asked = env
            .service
            .ask_sign_in_code(&format!("a{n}@x.test"), asking)
            .await
            .expect("asked");
        let code = env.mail(&asked.challenge).await.expect("a mail").code;
        env.answer(&asked.challenge, &code).await.expect("signed in");
    }
    // A network that signs in nobody asks for two hundred.
    let mut asked = 0;
    for n in 0..300 {
        let here = host(&format!("198.51.100.{}/32", n % 250), "198.51.100.0/24");
        let asking = Asking {
            host: Some(&here),
            ..Asking::default()
        };
        asked += i32::from(
            env.service
                .ask_sign_in_code(&format!("b{n}@x.test"), asking)
                .await
                .is_ok(),
        );
    }
    assert_eq!(asked, 200);
}

async fn r15_strangers_have_half_of_all_mails(env: Env) {
    env.sign_in("user@x.test").await;
    env.pass(7200).await;
    let small = env.another(|auth| auth.codes_per_hour = 8).await;
    let goes_out = async |email: &str| {
        let asked = small.ask_sign_in_code(email, Asking::default()).await.expect("asked");
        let mail = small.code_mail(&super::id_of(&asked.challenge)).await;
        mail.expect("it is decided").is_some()
    };
    let mut strangers = 0;
    for n in 0..20 {
        strangers += i32::from(goes_out(&format!("s{n}@x.test")).await);
    }
    assert_eq!(strangers, 4);
    for _ in 0..4 {
        assert!(goes_out("user@x.test").await, "a user gets a code");
    }
    assert!(
        !goes_out("user@x.test").await,
        "of the other half no more than there is"
    );
}

/// What is answered and what is written does not tell who is a user; mails do, and only their owner sees those.
async fn r13_a04_known_and_unknown_count_alike(env: Env) {
    env.sign_in("known@x.test").await;
    env.pass(2 * super::DAY).await;
    env.service.forget_auth().await.expect("forgotten");
    let off = env.another(|auth| auth.sign_up = SignUp::Off).await;
    let here = host("192.0.2.1/32", "192.0.2.0/24");
    let mut heard = Vec::new();
    for email in ["known@x.test", "unknown@x.test"] {
        let mut answers = Vec::new();
        let mut mails = 0;
        for _ in 0..12 {
            let asking = Asking {
                host: Some(&here),
                ..Asking::default()
            };
            let asked = off.ask_sign_in_code(email, asking).await.expect("asked");
            answers.push((asked.expires_in, asked.resend_in));
            mails += i32::from(
                off.code_mail(&super::id_of(&asked.challenge))
                    .await
                    .expect("decided")
                    .is_some(),
            );
        }
        heard.push(answers);
        let rows = env.number("SELECT COUNT(*) FROM challenges").await;
        env.sql("DELETE FROM challenges").await;
        assert_eq!(
            (rows, mails),
            (12, if email == "known@x.test" { 5 } else { 0 }),
            "{email}"
        );
    }
    assert_eq!(heard[0], heard[1]);
}

async fn r16_limits_hold_for_another_process(env: Env) {
    for _ in 0..5 {
        env.code("v@x.test").await;
    }
    let another = env.another(|_| {}).await;
    let asked = another
        .ask_sign_in_code("v@x.test", Asking::default())
        .await
        .expect("asked");
    let mail = another
        .code_mail(&super::id_of(&asked.challenge))
        .await
        .expect("it is decided");
    assert!(mail.is_none());
}

/// A mail that is tried again is one mail: the address is not charged twice.
async fn a_transport_that_fails_uses_up_nothing(env: Env) {
    let challenge = env.ask("ann@x.test").await.challenge;
    let first = env.mail(&challenge).await.expect("a mail").code;
    for _ in 0..20 {
        assert_eq!(env.mail(&challenge).await.expect("the same again").code, first);
    }
    assert_eq!(env.number("SELECT mailed FROM challenges").await, 1);
}
