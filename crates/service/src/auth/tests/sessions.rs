//! Sessions: how long they last, how their value changes, how many there are.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
use sealdrop_api::{ProblemType, SessionId, SessionToken};

use super::{Caller, Credentials, DAY, Device, Env, on_both_databases, problem};

on_both_databases!(
    a10_a_session_ends_after_two_idle_weeks_and_after_a_month,
    r17_a_new_value_signs_nobody_out,
    r22_at_the_cap_the_longest_unseen_goes,
    r22_being_seen_is_written_seldom,
    r22_no_request_waits_for_a_writer,
    a10_sessions_are_listed_and_ended_by_their_user,
    a07_signing_in_ends_the_session_before,
    a10_a_closed_user_is_nobody,
    what_has_ended_is_forgotten,
);

async fn a10_a_session_ends_after_two_idle_weeks_and_after_a_month(env: Env) {
    let (early, late) = (env.sign_in("ann@x.test").await, env.sign_in("ann@x.test").await);
    env.pass(14 * DAY - 60).await;
    assert!(env.who(&early).await.is_some());
    env.pass(120).await;
    assert!(env.who(&late).await.is_none());
    let mut used = env.sign_in("ben@x.test").await;
    for day in 1..30 {
        env.pass(DAY).await;
        let (signed, renewed) = env.look(&used).await;
        assert!(signed.is_some(), "day {day}");
        used = renewed.unwrap_or(used);
        let is_seen = format!(
            "SELECT COUNT(*) FROM sessions WHERE seen_at > created_at + {}",
            (day * DAY - 60) * 1000
        );
        env.until(&is_seen).await;
    }
    env.pass(DAY + 60).await;
    assert!(env.who(&used).await.is_none(), "however much it was used");
}

/// Twenty requests at once, an answer that is lost, and what was before once the new value was seen.
async fn r17_a_new_value_signs_nobody_out(env: Env) {
    let old = env.sign_in("ann@x.test").await;
    env.pass(25 * 3600).await;
    let heard = futures::future::join_all((0..20).map(|_| env.look(&old))).await;
    assert!(heard.iter().all(|(signed, _)| signed.is_some()));
    let given: Vec<&SessionToken> = heard.iter().filter_map(|(_, renewed)| renewed.as_ref()).collect();
    assert_eq!(given.len(), 1, "one of them is given the new value");
    // That answer never arrives.
    env.pass(61).await;
    let (signed, renewed) = env.look(&old).await;
    assert!(signed.is_some());
    let new = renewed.expect("another new value");
    assert!(new != *given[0] && env.who(given[0]).await.is_none());
    assert!(env.who(&new).await.is_some());
    env.until("SELECT COUNT(*) FROM sessions WHERE previous_until IS NOT NULL")
        .await;
    let (signed, renewed) = env.look(&old).await;
    assert!(signed.is_some() && renewed.is_none(), "requests that were under way");
    env.pass(61).await;
    assert!(env.who(&old).await.is_none() && env.who(&new).await.is_some());
    assert_eq!(env.number("SELECT COUNT(*) FROM sessions").await, 1);
}

async fn r22_at_the_cap_the_longest_unseen_goes(env: Env) {
    let first = env.sign_in("ann@x.test").await;
    let token = env.token_of("ann@x.test").await;
    let mut others = Vec::new();
    for _ in 1..50 {
        env.pass(600).await;
        others.push(env.sign_in("ann@x.test").await);
    }
    // The first is used just now.
    assert!(env.who(&first).await.is_some());
    env.until("SELECT COUNT(*) FROM sessions WHERE seen_at > created_at + 1000")
        .await;
    env.pass(600).await;
    let last = env.sign_in("ann@x.test").await;
    assert!(env.who(&others[0]).await.is_none(), "the longest unseen");
    for live in [&first, &last, &others[1]] {
        assert!(env.who(live).await.is_some());
    }
    assert_eq!(
        env.number("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await,
        50
    );
    assert!(env.is_user(&token).await, "access tokens do not count");
}

async fn r22_being_seen_is_written_seldom(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let seen = env.number("SELECT seen_at FROM sessions").await;
    for _ in 0..200 {
        assert!(env.who(&session).await.is_some());
    }
    assert_eq!(env.number("SELECT seen_at FROM sessions").await, seen);
    env.pass(301).await;
    assert!(env.who(&session).await.is_some());
    env.until(&format!("SELECT COUNT(*) FROM sessions WHERE seen_at >= {seen}"))
        .await;
}

/// Neither to be found nor to be renewed: what cannot be written now is written by another request.
async fn r22_no_request_waits_for_a_writer(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    env.pass(25 * 3600).await;
    let hasty = env.another(|auth| auth.renew_within = Duration::from_millis(1)).await;
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let held = env
        .service
        .inner
        .store
        .reader()
        .begin_with_options(immediate)
        .await
        .expect("begun");
    held.execute_unprepared("UPDATE sessions SET browser = browser")
        .await
        .expect("held");
    let found = hasty
        .who(&Credentials::Session(session.clone()))
        .await
        .expect("the database answers");
    assert!(matches!(found, (Caller::User(_), None)), "{found:?}");
    held.rollback().await.expect("let go");
    // The value that came too late is lost, and nobody is signed out by that.
    env.until("SELECT COUNT(*) FROM sessions WHERE previous_hash IS NOT NULL")
        .await;
    env.pass(61).await;
    let (signed, renewed) = env.look(&session).await;
    assert!(signed.is_some() && renewed.is_some());
}

async fn a10_sessions_are_listed_and_ended_by_their_user(env: Env) {
    let (one, two) = (env.sign_in("ann@x.test").await, env.sign_in("ann@x.test").await);
    let stranger = env.sign_in("eve@x.test").await;
    let (one_is, eve) = (
        env.who(&one).await.expect("ann"),
        env.who(&stranger).await.expect("eve"),
    );
    let list = env.service.list_sessions(&one_is).await.expect("listed").sessions;
    assert_eq!(list.len(), 2);
    assert_eq!(list.iter().filter(|session| session.is_current).count(), 1);
    let other = list
        .iter()
        .find(|session| !session.is_current)
        .expect("the other")
        .session_id;
    let not_hers = env.service.end_session(&eve, other).await;
    assert_eq!(problem(not_hers), ProblemType::SessionNotFound);
    let none = env.service.end_session(&one_is, SessionId([7; 16])).await;
    assert_eq!(problem(none), ProblemType::SessionNotFound);
    env.service.end_session(&one_is, other).await.expect("ended");
    assert!(env.who(&two).await.is_none() && env.who(&one).await.is_some());
    env.service.sign_out(&one_is).await.expect("signed out");
    env.service.sign_out(&one_is).await.expect("once more is no error");
    assert!(env.who(&one).await.is_none() && env.who(&stranger).await.is_some());
}

async fn a07_signing_in_ends_the_session_before(env: Env) {
    let planted = env.sign_in("eve@x.test").await;
    let (challenge, code) = env.code("ann@x.test").await;
    let device = Device::default();
    let signed_in = env
        .service
        .sign_in(&challenge, &code, None, &device, Some(&planted))
        .await;
    let session = signed_in.expect("signed in").session.expect("a session").0;
    assert_ne!(session, planted);
    assert!(env.who(&planted).await.is_none() && env.who(&session).await.is_some());
}

async fn a10_a_closed_user_is_nobody(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let token = env.token_of("ann@x.test").await;
    assert!(env.is_user(&token).await);
    env.sql("UPDATE users SET closed_at = 1, canonical = NULL, address = NULL")
        .await;
    assert!(env.who(&session).await.is_none() && !env.is_user(&token).await);
    // Whoever signs up with the address is somebody else.
    env.sign_in("ann@x.test").await;
    assert!(env.who(&session).await.is_none() && !env.is_user(&token).await);
}

async fn what_has_ended_is_forgotten(env: Env) {
    let (ended, _) = (env.sign_in("ann@x.test").await, env.sign_in("ann@x.test").await);
    let signed = env.who(&ended).await.expect("signed in");
    env.service.sign_out(&signed).await.expect("signed out");
    let count = async |table: &str| env.number(&format!("SELECT COUNT(*) FROM {table}")).await;
    env.service.forget_auth().await.expect("forgotten");
    assert_eq!((count("challenges").await, count("sessions").await), (1, 2));
    env.pass(DAY + 60).await;
    env.service.forget_auth().await.expect("forgotten");
    assert_eq!((count("challenges").await, count("sessions").await), (0, 2));
    env.pass(30 * DAY).await;
    env.service.forget_auth().await.expect("forgotten");
    assert_eq!(
        (count("sessions").await, count("devices").await),
        (1, 2),
        "the one that was signed out"
    );
    env.pass(30 * DAY).await;
    env.service.forget_auth().await.expect("forgotten");
    assert_eq!((count("sessions").await, count("devices").await), (0, 2));
    env.pass(366 * DAY).await;
    env.service.forget_auth().await.expect("forgotten");
    assert_eq!((count("devices").await, count("users").await), (0, 1));
}
