//! Storage that passes a level.

use sealdrop_api::account::NoticesChange;

use super::{Setup, lines};
use crate::jobs::worker::tests::{Env, on_both_databases};

on_both_databases!(
    m42_a_level_is_told_of_once_each_time_it_is_passed,
    m42_a_plan_that_falls_is_seen_and_who_wants_none_is_not_told,
);

const ALMOST: &str = "Your storage is almost full";
const FULL: &str = "Your storage is full";

async fn m42_a_level_is_told_of_once_each_time_it_is_passed(env: Env) {
    let setup = Setup::new(env).await;
    setup.user(1).await;
    setup.env.sql("UPDATE users SET quota_bytes = 1000").await;
    let look = async |used: u32| {
        setup.env.sql(&format!("UPDATE users SET used_bytes = {used}")).await;
        setup.subjects().await
    };
    let none: [&str; 0] = [];
    assert_eq!(look(0).await, none);
    assert_eq!(look(799).await, none);
    assert_eq!(look(800).await, [ALMOST]);
    assert_eq!(look(994).await, none, "once");
    assert_eq!(look(995).await, [FULL]);
    assert_eq!(look(1000).await, none);
    assert_eq!(look(900).await, none, "downwards is no news");
    assert_eq!(look(1000).await, [FULL], "it begins anew");
    assert_eq!(look(10).await, none);
    assert_eq!(look(1000).await, [FULL], "both at once are one");
    assert_eq!(look(700).await, none);
    assert_eq!(look(850).await, [ALMOST]);
}

async fn m42_a_plan_that_falls_is_seen_and_who_wants_none_is_not_told(env: Env) {
    let setup = Setup::new(env).await;
    let (_, other, closed) = (setup.user(1).await, setup.user(2).await, setup.user(3).await);
    let off = NoticesChange {
        storage: Some(false),
        ..NoticesChange::default()
    };
    setup.choose(other, off).await;
    let gone = setup.blob(&closed);
    setup
        .env
        .sql(&format!(
            "UPDATE users SET closed_at = 1, canonical = NULL, address = NULL WHERE id = {gone}"
        ))
        .await;
    setup.env.sql("UPDATE users SET used_bytes = 7000").await;
    assert_eq!(setup.mails().await.len(), 0);
    setup
        .env
        .sql("UPDATE plans SET storage_bytes = 8000 WHERE name = 'free'")
        .await;
    let mails = setup.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to.deliverable(), "u1@x.test");
    assert_eq!(
        lines(&mails[0]),
        ["At least 80% of your storage is used:", "7.0 kB of 8.0 kB used"]
    );
    // Turned on above the level, it is told of the next time.
    let on = NoticesChange {
        storage: Some(true),
        ..NoticesChange::default()
    };
    setup.choose(other, on).await;
    assert_eq!(setup.mails().await.len(), 0);
}
