//! The job that forgets what happened to links long ago.

use super::{Env, on_both_databases, run_due};
use crate::jobs::links::forget_events;

on_both_databases!(p03_what_happened_is_forgotten_after_90_days);

async fn p03_what_happened_is_forgotten_after_90_days(env: Env) {
    let id = if matches!(env.service.inner.store.backend(), sea_orm::DbBackend::Postgres) {
        "decode('0123456789abcdef0123456789abcdef', 'hex')"
    } else {
        "x'0123456789abcdef0123456789abcdef'"
    };
    let hour = env.service.now() / 3_600_000;
    // More than one step of old ones.
    for age in (0..2).chain(90 * 24 - 1..90 * 24 + 600) {
        let (hour, at) = (hour - age, (hour - age) * 3_600_000);
        env.sql(&format!(
            "INSERT INTO link_events (link_id, hour, kind, at, n) VALUES ({id}, {hour}, 'opened', {at}, 1)"
        ))
        .await;
    }
    let worker = env.worker(vec![forget_events::kind()]);
    worker.keep_periodic().await.expect("it is made");
    env.pass(3600).await;
    assert_eq!(run_due(&worker).await, 1);
    let left = env.number("SELECT COUNT(*) FROM link_events").await;
    assert!((2..=3).contains(&left), "{left}: the hour may have passed meanwhile");
    let oldest = env.number("SELECT MIN(hour) FROM link_events").await;
    assert!(oldest > hour - 90 * 24);
}
