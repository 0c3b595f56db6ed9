//! Closing an account.

use sealdrop_api::ProblemType;

use crate::auth::account::close::close_account;
use crate::auth::tests::{Asking, Env, on_both_databases, problem};

on_both_databases!(
    r27_nothing_of_a_closed_account_works_on_any_process,
    r25_a_sign_in_is_enough_to_close_the_account,
    a11_what_is_left_of_a_closed_account_names_nobody,
);

async fn r27_nothing_of_a_closed_account_works_on_any_process(env: Env) {
    let (session, two) = (env.sign_in("ann@x.test").await, env.sign_in("ann@x.test").await);
    let token = env.token_of("ann@x.test").await;
    let stranger = env.sign_in("eve@x.test").await;
    let elsewhere = env.another(|_| {}).await;
    assert!(env.is_user(&token).await);
    let (challenge, code) = env.code("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let user = signed.user_id();
    env.service.close_account(&signed).await.expect("closed");
    for service in [&env.service, &elsewhere] {
        let by_token = crate::auth::Credentials::Token(token.clone());
        let found = service.who(&by_token).await.expect("the database answers").0;
        assert_eq!(found, crate::auth::Caller::Guest);
        for session in [&session, &two] {
            let by_cookie = crate::auth::Credentials::Session(session.clone());
            let found = service.who(&by_cookie).await.expect("the database answers").0;
            assert_eq!(found, crate::auth::Caller::Guest);
            assert!(
                service
                    .is_of_closed_account(session)
                    .await
                    .expect("the database answers")
            );
            assert_eq!(service.meet(session).await.expect("the database answers").0, None);
        }
    }
    assert!(env.who(&stranger).await.is_some());
    assert!(
        !env.service
            .is_of_closed_account(&stranger)
            .await
            .expect("the database answers")
    );
    assert_eq!(problem(env.answer(&challenge, &code.0).await), ProblemType::CodeEnded);
    let again = env.service.close_account(&signed).await;
    assert_eq!(problem(again), ProblemType::Unauthenticated);
    // Signing up again makes somebody else, and nothing old works.
    let new = env.sign_in("ann@x.test").await;
    assert_ne!(env.who(&new).await.expect("signed in").user_id(), user);
    assert!(!env.is_user(&token).await && env.who(&session).await.is_none() && env.who(&two).await.is_none());
}

async fn r25_a_sign_in_is_enough_to_close_the_account(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let token = env.token_of("ann@x.test").await;
    let by_token = env.user_of(&token).await.expect("a user");
    let refused = env.service.close_account(&by_token).await;
    assert_eq!(problem(refused), ProblemType::StepUpNeeded);
    env.pass(601).await;
    let late = env.who(&session).await.expect("signed in");
    assert_eq!(
        problem(env.service.close_account(&late).await),
        ProblemType::StepUpNeeded
    );
    let fresh = env.sign_in("ann@x.test").await;
    env.pass(60).await;
    let fresh = env.who(&fresh).await.expect("signed in");
    env.service
        .close_account(&fresh)
        .await
        .expect("closed without a second code");
}

async fn a11_what_is_left_of_a_closed_account_names_nobody(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let asked = env
        .service
        .ask_change_code(&signed, "new@x.test", Asking::default())
        .await;
    let challenge = asked.expect("asked").challenge;
    let tx = env.service.inner.store.write().await.expect("begun");
    assert!(
        close_account(&tx, signed.user_id()).await.expect("closed"),
        "as an operator does"
    );
    assert!(!close_account(&tx, signed.user_id()).await.expect("asked"), "once");
    assert!(!close_account(&tx, [7; 16]).await.expect("asked"), "nobody");
    tx.commit().await.expect("committed");
    let count = async |sql: &str| env.number(sql).await;
    let named = "SELECT COUNT(*) FROM users WHERE canonical IS NOT NULL OR address IS NOT NULL OR closed_at IS NULL";
    assert_eq!(count(named).await, 0);
    assert_eq!(count("SELECT COUNT(*) FROM users").await, 1, "the row stays");
    assert_eq!(count("SELECT COUNT(*) FROM devices").await, 0);
    assert_eq!(count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await, 0);
    let told = "SELECT COUNT(*) FROM mails WHERE reason = 'account-closed' AND recipient = 'ann@x.test'";
    assert_eq!(count(told).await, 1);
    assert!(env.mail(&challenge).await.is_none(), "no code goes out any more");
}
