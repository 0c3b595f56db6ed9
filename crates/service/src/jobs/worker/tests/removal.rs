//! The job of a link that was revoked.

use sealdrop_api::LinkId;

use super::{Env, on_both_databases, run_due};
use crate::jobs::remove_link_objects;

on_both_databases!(a_large_link_is_removed_in_runs_that_follow_each_other);

async fn a_large_link_is_removed_in_runs_that_follow_each_other(env: Env) {
    let (id, hash, links) = if matches!(env.service.inner.store.backend(), sea_orm::DbBackend::Postgres) {
        (
            "decode(md5(n::text), 'hex')",
            "decode(md5(n::text) || md5(n::text), 'hex')",
            [7, 8].map(|byte| format!("'\\x{}'::bytea", format!("{byte:02}").repeat(16))),
        )
    } else {
        (
            "randomblob(16)",
            "randomblob(32)",
            [7, 8].map(|byte| format!("x'{}'", format!("{byte:02}").repeat(16))),
        )
    };
    for link in &links {
        env.sql(&format!(
            "INSERT INTO links (link_id, request_hash, rev, sealed_bytes, max_downloads, created_at, expires_at) \
             VALUES ({link}, {link}, 1, 1, 1, 1, 1)"
        ))
        .await;
    }
    env.sql(&format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1002) \
         INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, created_at, touched_at) \
         SELECT {id}, {hash}, 'o/' || n, 10485760, 5, 'deleting', 1, 1 FROM many"
    ))
    .await;
    let [revoked, other] = &links;
    env.sql(&format!(
        "INSERT INTO link_objects (link_id, object_id) \
         SELECT CASE WHEN key = 'o/1' THEN {other} ELSE {revoked} END, object_id FROM uploads"
    ))
    .await;
    env.enqueue(remove_link_objects::of(LinkId([7; 16])).expect("a job"))
        .await;
    let worker = env.worker(vec![remove_link_objects::kind()]);
    let left = async || {
        env.number("SELECT COUNT(*) FROM uploads WHERE state = 'deleting'")
            .await
    };
    let never = tokio_util::sync::CancellationToken::new();
    for expected in [502, 2] {
        let (claim, kind) = worker.claim().await.expect("it is claimed").expect("a job is due");
        worker.work(claim, kind, &never).await;
        assert_eq!(left().await, expected);
    }
    assert_eq!(
        (run_due(&worker).await, left().await),
        (1, 1),
        "the rest, and nothing of another link"
    );
}
