//! The job that compares what accounts hold with what their uploads add up to.

use super::{Env, on_both_databases, run_due};
use crate::jobs::accounts::compare_space;

on_both_databases!(r39_a_difference_is_reported_and_not_repaired);

async fn r39_a_difference_is_reported_and_not_repaired(env: Env) {
    let id = if matches!(env.service.inner.store.backend(), sea_orm::DbBackend::Postgres) {
        |byte: u8, len: usize| format!("'\\x{}'::bytea", format!("{byte:02x}").repeat(len))
    } else {
        |byte: u8, len: usize| format!("x'{}'", format!("{byte:02x}").repeat(len))
    };
    for user in [1, 2] {
        let sql = format!(
            "INSERT INTO users (id, canonical, address, created_at) VALUES ({}, 'u{user}', 'u{user}', 0)",
            id(user, 16)
        );
        env.sql(&sql).await;
    }
    for (object, state) in [(1, "committed"), (2, "uploading"), (3, "deleting")] {
        let sql = format!(
            "INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, created_at, touched_at, user_id) \
             VALUES ({}, {}, 'o/{object}', 10485760, 5, '{state}', 1, 1, {})",
            id(object, 16),
            id(object, 32),
            id(1, 16)
        );
        env.sql(&sql).await;
    }
    let worker = env.worker(vec![compare_space::kind()]);
    worker.keep_periodic().await.expect("it is made");
    let error = async || {
        env.pass(24 * 3600).await;
        assert_eq!(run_due(&worker).await, 1);
        env.rows("compare_space").await.remove(0).error
    };
    assert_eq!(error().await, None, "5 bytes are held and 5 reserved");
    env.sql(&format!("UPDATE users SET used_bytes = 6 WHERE id = {}", id(1, 16)))
        .await;
    let said = error().await.expect("an error");
    assert!(said.contains("bytes than their uploads have: 1"), "{said}");
    assert_eq!(
        env.number("SELECT MAX(used_bytes) FROM users").await,
        6,
        "it is not repaired"
    );
    env.sql("UPDATE users SET used_bytes = used_bytes - 1 WHERE used_bytes = 6")
        .await;
    assert_eq!(error().await, None);
}
