//! What is looked at in the background, forgotten, bounded and taken off the disk.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait as _, SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
use sealdrop_api::{
    LinkId, ObjectId, ProblemType,
    claims::{NewClaim, ObjectUrls, ObjectsToSign, Purpose},
    uploads::UploadState,
};
use sealdrop_service::{Service, ServiceError};

use tokio_util::sync::CancellationToken;

use crate::support::{Db, Fault, STUCK, TestEnv, TestLink, claim_id, new_link, problem, random, small, token};

on_both_databases!(
    n05_an_opening_waits_for_no_writer,
    n05_looks_are_counted_once_and_written_later,
    n06_an_hour_after_its_end_nothing_of_an_upload_is_left,
    n08_an_idle_token_is_given_up_in_small_steps,
    n08_what_is_revoked_goes_before_what_was_never_sent,
    n14_a_look_ends_with_its_link,
    n14_looks_read_a_bounded_number_of_bytes,
);

const HOUR: u64 = 3600;

impl TestEnv {
    async fn look(&self, link: &TestLink) -> Result<sealdrop_api::ClaimId, ServiceError> {
        let new = NewClaim {
            auth: link.auth.clone(),
            claim_id: claim_id(),
            purpose: Purpose::Preview,
        };
        let id = new.claim_id;
        self.service.create_claim(link.id, new).await.map(|_| id)
    }

    async fn sign_look(&self, link: &TestLink, claim: sealdrop_api::ClaimId) -> Result<ObjectUrls, ServiceError> {
        let objects = ObjectsToSign {
            auth: link.auth.clone(),
            objects: vec![link.object],
        };
        self.service.sign_objects(link.id, claim, objects, &self.origin).await
    }
}

/// A client holds the database, or the row of the link, for as long as this takes.
async fn n05_an_opening_waits_for_no_writer(env: TestEnv) {
    let link = env.link(2).await;
    let mut config = env.config.clone();
    config.database.statement_timeout = Duration::from_millis(500);
    let service = Service::connect(config, Arc::clone(&env.clock) as _)
        .await
        .expect("it starts");
    let database = env.database().await;
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let held = database.begin_with_options(immediate).await.expect("begun");
    held.execute_unprepared("UPDATE links SET opened = opened")
        .await
        .expect("held");
    let opened = service.open_link(link.id, &link.auth, &env.origin).await;
    assert_eq!(opened.expect("it opens").rev, 1);
    held.rollback().await.expect("let go");
    database.close().await.expect("it closes");
}

async fn n05_looks_are_counted_once_and_written_later(env: TestEnv) {
    let link = env.link(2).await;
    let written = "SELECT opened FROM links";
    for _ in 0..3 {
        env.service
            .open_link(link.id, &link.auth, &env.origin)
            .await
            .expect("it opens");
    }
    let opened = async || {
        let status = env.service.get_link(&link.token, link.id).await;
        status.expect("the owner looks").opened
    };
    assert_eq!((opened().await, env.number(written).await), (3, 0));
    env.service.reap().await.expect("a pass");
    assert_eq!((opened().await, env.number(written).await), (3, 3));
}

async fn n06_an_hour_after_its_end_nothing_of_an_upload_is_left(env: TestEnv) {
    let theirs = token();
    let (given_up, deleted) = (ObjectId(random()), env.upload(&theirs).await);
    env.send(&theirs, given_up, &small(given_up)).await;
    env.service.delete_upload(&theirs, given_up).await.expect("given up");
    env.service.delete_upload(&theirs, deleted).await.expect("deleted");
    let link = env.link(1).await;
    env.service.revoke_link(&link.token, link.id).await.expect("revoked");
    assert_eq!(env.service.reap().await.expect("a pass").uploads_forgotten, 0);
    for (token, id) in [(&theirs, given_up), (&theirs, deleted), (&link.token, link.object)] {
        env.service.get_upload(token, id).await.expect("a repeat is answered");
    }
    env.advance(HOUR + 60);
    let reaped = env.service.reap().await.expect("a pass");
    assert_eq!((reaped.uploads_forgotten, reaped.failed), (3, 0), "{reaped:?}");
    assert_eq!(env.number("SELECT COUNT(*) FROM uploads").await, 0);
    assert_eq!(env.number("SELECT COUNT(*) FROM link_objects").await, 0);
    // A link's id stays used: who held the old link must not meet another one behind it.
    let mut same = new_link(&link.auth, 1, 60);
    same.link_seed = link.seed;
    let other = token();
    env.upload(&other).await;
    assert_eq!(
        problem(env.service.create_link(&other, None, same).await),
        ProblemType::LinkExists
    );
}

/// Reservations of a large token go in steps: no transaction keeps other writers waiting for all of them.
async fn n08_an_idle_token_is_given_up_in_small_steps(env: TestEnv) {
    let (theirs, id) = (token(), ObjectId(random()));
    env.send(&theirs, id, &small(id)).await;
    let random_id = if env.config.database.url.starts_with("sqlite") {
        "randomblob(16)"
    } else {
        "decode(md5(n::text), 'hex')"
    };
    let rows = format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1200) \
         INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, created_at, touched_at) \
         SELECT {random_id}, (SELECT token_hash FROM uploads LIMIT 1), 'o/' || n, 10485760, 5, 'reserved', 1, 1 FROM many"
    );
    assert_eq!(env.sql(&rows).await, 1200);
    env.advance(73 * HOUR);
    let reaped = env.service.reap().await.expect("a pass");
    assert_eq!(
        (reaped.reservations_forgotten, reaped.uploads_expired, reaped.failed),
        (700, 501, 0),
        "{reaped:?}"
    );
    let left = "SELECT COUNT(*) FROM uploads WHERE state <> 'aborted'";
    assert_eq!(env.number(left).await, 0);
    assert_eq!(
        env.number("SELECT CAST(COALESCE(SUM(begun), 0) AS BIGINT) FROM upload_totals")
            .await,
        0
    );
}

/// More than two batches wait to be removed, for longer, and the bucket keeps all of it. Then an owner revokes a link.
async fn n08_what_is_revoked_goes_before_what_was_never_sent(env: TestEnv) {
    let link = env.link(1).await;
    let (id, hash) = if env.config.database.url.starts_with("sqlite") {
        ("randomblob(16)", "randomblob(32)")
    } else {
        (
            "decode(md5(n::text), 'hex')",
            "decode(md5(n::text) || md5(n::text), 'hex')",
        )
    };
    let rows = format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1020) \
         INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, created_at, touched_at) \
         SELECT {id}, {hash}, '{STUCK}' || n, 10485760, 5, 'deleting', 1, 1 FROM many"
    );
    assert_eq!(env.sql(&rows).await, 1020);
    env.bucket.misbehave(Fault::KeepsStuck);
    env.service.revoke_link(&link.token, link.id).await.expect("revoked");
    let reaped = env.service.reap().await.expect("a pass");
    assert!(reaped.failed >= 500, "{reaped:?}");
    assert_eq!(env.held().await, (0, 0), "it waits behind what cannot be removed");
    // What is left goes in one pass, however many batches it is.
    env.bucket.misbehave(Fault::None);
    env.service.reap().await.expect("a pass");
    let left = "SELECT COUNT(*) FROM uploads WHERE state IN ('aborting', 'deleting')";
    assert_eq!(env.number(left).await, 0);
}

/// An abort that the bucket never answers holds up uploads, and no revocation of a link.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n08_links_do_not_wait_for_uploads() {
    let env = TestEnv::new(Db::Sqlite).await;
    let link = env.link(1).await;
    let (theirs, id) = (token(), ObjectId(random()));
    env.send(&theirs, id, &small(id)).await;
    env.sql("UPDATE uploads SET state = 'aborting' WHERE state = 'uploading'")
        .await;
    env.bucket.misbehave(Fault::SwallowsAborts);
    let shutdown = CancellationToken::new();
    let jobs = tokio::spawn(env.service.clone().run_jobs(shutdown.clone()));
    env.bucket.swallowed().await;
    env.service.revoke_link(&link.token, link.id).await.expect("revoked");
    let gone = async {
        while env.state(&link.token, link.object).await != UploadState::Deleted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let gone = tokio::time::timeout(Duration::from_secs(10), gone).await;
    assert!(gone.is_ok(), "what is revoked waits for an abort");
    shutdown.cancel();
    jobs.await.expect("no panic");
}

async fn n14_a_look_ends_with_its_link(env: TestEnv) {
    let (short, long) = (env.link_for(1, HOUR).await, env.link_for(1, 10 * HOUR).await);
    let (look, other) = (
        env.look(&short).await.expect("made"),
        env.look(&long).await.expect("made"),
    );
    env.sign_look(&short, look).await.expect("signed");
    env.sign_look(&long, other).await.expect("signed");
    // The last download of a link ends its previews.
    let claim = env.claim(&long).await.expect("a place");
    env.commit(&long, claim).await.expect("counted");
    assert_eq!(problem(env.sign_look(&long, other).await), ProblemType::LinkExhausted);
    env.sign_object(&long, claim).await.expect("but who downloads goes on");
    env.advance(HOUR + 1);
    assert_eq!(problem(env.sign_look(&short, look).await), ProblemType::LinkExpired);
    let reaped = env.service.reap().await.expect("a pass");
    assert_eq!((reaped.links_swept, reaped.objects_deleted), (1, 1), "{reaped:?}");
    assert_eq!(env.state(&short.token, short.object).await, UploadState::Deleted);
    assert_eq!(env.state(&long.token, long.object).await, UploadState::Committed);
}

async fn n14_looks_read_a_bounded_number_of_bytes(env: TestEnv) {
    let link = env.link_for(2, 48 * HOUR).await;
    // Two hours of a film, three times over.
    let look = env.look(&link).await.expect("made");
    for _ in 0..72 {
        env.sign_look(&link, look).await.expect("signed");
    }
    for _ in 72..288 {
        env.sign_look(&link, look).await.expect("signed");
    }
    assert_eq!(problem(env.sign_look(&link, look).await), ProblemType::ClaimEnded);
    let next = env.look(&link).await.expect("another");
    env.sign_look(&link, next).await.expect("signed");
    // All of them together: sixty times for each download, and for ten.
    let most = 60 * (2 + 10) * 65_536;
    env.sql(&format!("UPDATE links SET looked_len = {most} - 65536")).await;
    env.sign_look(&link, next).await.expect("the last");
    assert_eq!(problem(env.sign_look(&link, next).await), ProblemType::TooManyRequests);
    let claim = env.claim(&link).await.expect("it can be downloaded");
    env.sign_object(&link, claim).await.expect("signed");
}

/// The files of the database are private, and the payload of a revoked link is in none of them.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n16_a_revoked_payload_is_off_the_disk_and_the_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::new(Db::Sqlite).await;
    let path = env.config.database.url.trim_start_matches("sqlite://").to_owned();
    let files = ["", "-wal", "-shm"].map(|name| format!("{path}{name}"));
    for file in &files {
        let mode = std::fs::metadata(file).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let (owner, auth) = (token(), sealdrop_api::LinkAuth::new(random()));
    env.upload(&owner).await;
    let new = new_link(&auth, 1, 3600);
    let (id, payload): (LinkId, Vec<u8>) = (new.link_id(), new.payload.0.clone());
    env.service.create_link(&owner, None, new).await.expect("made");
    let marker = &payload[100..400];
    let found = || {
        let holds = |file: &&String| {
            let bytes = std::fs::read(file).expect("it is read");
            bytes.windows(marker.len()).any(|window| window == marker)
        };
        files.iter().filter(holds).count()
    };
    assert!(found() > 0, "it is somewhere first");
    env.service.revoke_link(&owner, id).await.expect("revoked");
    env.service.reap().await.expect("a pass");
    assert_eq!(found(), 0);
}
