//! Room: what is held for whom, how little of it for nothing, and that it is always known what is held.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
use sealdrop_api::{
    LinkAuth, ObjectId, OwnerToken, ProblemType,
    limits::PART_LEN,
    uploads::{NewUpload, PartToSign, PartsToSign, UploadState},
};
use sealdrop_service::{AuthSecret, ClientTag, Service, ServiceError};

use crate::support::{Db, TestEnv, new_link, object, part, problem, random, small, token};

on_both_databases!(
    n01_reservations_are_forgotten_after_minutes,
    n01_a_client_is_bounded_and_others_are_not_hurt,
    n01_what_a_database_knows_of_a_client_is_no_address,
    n05_totals_are_what_a_sum_would_be,
    n05_a_total_is_read_and_nothing_is_added_up,
);

const MB: u64 = 1_000_000;
const MINUTE: u64 = 60;

impl TestEnv {
    async fn reserve_as(
        &self,
        client: ClientTag,
        token: &OwnerToken,
        sealed_len: u64,
    ) -> Result<ObjectId, ServiceError> {
        let new = NewUpload {
            object_id: ObjectId(random()),
            sealed_len: Some(sealed_len),
            part_len: PART_LEN,
        };
        let id = new.object_id;
        self.service.reserve_upload(token, None, new, client).await.map(|_| id)
    }

    /// Asks for addresses of whole parts; answers how many were given.
    async fn sign_many(
        &self,
        token: &OwnerToken,
        id: ObjectId,
        parts: impl IntoIterator<Item = u32>,
    ) -> Result<usize, ServiceError> {
        let parts = parts.into_iter().map(|n| PartToSign { n, len: PART_LEN }).collect();
        let signed = self
            .service
            .sign_parts(token, id, PartsToSign { parts }, &self.origin)
            .await?;
        Ok(signed.urls.len())
    }

    /// Adds everything up, and compares.
    async fn assert_totals(&self) {
        assert_eq!(self.wrong_totals().await, Vec::<String>::new());
    }

    async fn wrong_totals(&self) -> Vec<String> {
        let database = self.database().await;
        let wrong = sealdrop_test_support::invariants::wrong_totals(&database)
            .await
            .expect("read");
        database.close().await.expect("it closes");
        wrong
    }
}

async fn with_disk(free: u64) -> (TestEnv, Arc<AtomicU64>) {
    let disk = Arc::new(AtomicU64::new(free));
    let read = Arc::clone(&disk);
    let env = TestEnv::with(Db::Sqlite, |config| {
        config.free_space = Some(Arc::new(move || read.load(Ordering::SeqCst)));
    })
    .await;
    (env, disk)
}

/// Ten times the whole disk is announced and nothing sent: others send.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n01_what_is_announced_holds_no_room() {
    let (env, _) = with_disk(500 * MB).await;
    let stranger = env.service.client_tag("192.0.2.66/32");
    for n in 0..10 {
        let reserved = env.reserve_as(stranger, &token(), 450 * MB).await;
        assert!(reserved.is_ok(), "{n}: {reserved:?}");
    }
    env.upload(&token()).await;
    assert_eq!(
        problem(env.reserve_as(stranger, &token(), 490 * MB).await),
        ProblemType::StorageFull,
        "what cannot fit is said immediately"
    );
    env.assert_totals().await;
}

/// The client that signs everything and sends nothing holds half of what it leaves, and for a quarter of an hour.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n01_a_client_that_sends_nothing_leaves_room_and_loses_it() {
    let (env, _) = with_disk(500 * MB).await;
    let (stranger, theirs) = (env.service.client_tag("192.0.2.66/32"), token());
    let mut signed = 0;
    let refused = loop {
        let id = env.reserve_as(stranger, &theirs, 20 * PART_LEN).await.expect("a place");
        match env.sign_many(&theirs, id, 1..=16).await {
            Ok(given) => signed += given,
            Err(error) => break error.into_problem(),
        }
    };
    assert_eq!(refused.kind, ProblemType::TooManyRequests);
    let third = usize::try_from((500 * MB - (16 << 20)) / PART_LEN / 3).expect("few");
    assert!((third - 1..=third).contains(&signed), "{signed} of about {third}");
    // Another one sends what is larger than a window.
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, 2 * PART_LEN + 5);
    let sent = env.send(&token, id, &bytes).await;
    let done = env.service.complete_upload(&token, id, sent).await.expect("whole");
    assert_eq!(done.state, UploadState::Committed);
    env.advance(15 * MINUTE + 1);
    let reaped = env.service.reap().await.expect("a pass");
    assert!(reaped.promises_lapsed > 0, "{reaped:?}");
    assert_eq!(env.number("SELECT promised FROM upload_totals WHERE kind = 0").await, 0);
    env.assert_totals().await;
}

/// Where the room is tight, a window becomes smaller instead of an error; what arrives makes room for the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n01_a_window_is_as_large_as_there_is_room() {
    let (env, _) = with_disk((16 << 20) + (16 << 10) + 9 * PART_LEN).await;
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, 4 * PART_LEN);
    env.reserve(&token, id, &bytes).await.expect("a place");
    assert_eq!(env.sign_many(&token, id, 1..=4).await.expect("some"), 3);
    assert_eq!(
        problem(env.sign_many(&token, id, [4]).await),
        ProblemType::TooManyRequests
    );
    assert_eq!(env.sign_many(&token, id, [2, 3]).await.expect("once is enough"), 2);
    env.send_part(&token, id, 1, part(&bytes, 1)).await;
    assert_eq!(env.sign_many(&token, id, [4]).await.expect("the first has arrived"), 1);
}

/// The highest number that was signed says nothing of those below it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n10_what_is_signed_is_not_taken_for_stored() {
    let (env, _) = with_disk(500 * MB).await;
    // Each with a client of its own: no share is in the way, only the disk.
    let mut held = 0;
    for n in 0..40 {
        let (client, token) = (env.service.client_tag(&n.to_string()), token());
        let Ok(id) = env.reserve_as(client, &token, 20 * PART_LEN).await else {
            break;
        };
        for window in [20..=20, 1..=16, 17..=19] {
            let Ok(given) = env.sign_many(&token, id, window).await else {
                break;
            };
            held += given as u64 * PART_LEN;
        }
    }
    let room = 500 * MB - (16 << 20);
    assert!((room / 2..room).contains(&held), "{} MB on a disk of 500", held / MB);
    env.assert_totals().await;
}

/// What the bucket holds is not held once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n10_what_arrived_is_not_promised_any_more() {
    let (env, _) = with_disk(500 * MB).await;
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, 3 * PART_LEN);
    env.reserve(&token, id, &bytes).await.expect("a place");
    env.sign_many(&token, id, [1, 2, 3]).await.expect("signed");
    let promised = "SELECT promised FROM upload_totals WHERE kind = 0";
    assert_eq!(env.number(promised).await, 3 * PART_LEN as i64);
    for n in 1..=2 {
        env.send_part(&token, id, n, part(&bytes, n)).await;
    }
    env.sign_many(&token, id, [3]).await.expect("signed");
    assert_eq!(env.number(promised).await, PART_LEN as i64);
    let sent = env.send_parts(&token, id, &bytes).await;
    env.service.complete_upload(&token, id, sent).await.expect("whole");
    assert_eq!(env.number(promised).await, 0);
}

async fn n01_reservations_are_forgotten_after_minutes(env: TestEnv) {
    let (empty, begun) = (token(), token());
    let nothing = env.reserve_as(env.client(), &empty, 5 * MB).await.expect("a place");
    let waiting = env.reserve_as(env.client(), &begun, 65_536).await.expect("a place");
    let (first, bytes) = (ObjectId(random()), small(ObjectId(random())));
    env.send(&begun, first, &bytes).await;
    env.advance(15 * MINUTE - 1);
    assert_eq!(env.service.reap().await.expect("a pass").reservations_forgotten, 0);
    env.advance(2);
    let reaped = env.service.reap().await.expect("a pass");
    assert_eq!(reaped.reservations_forgotten, 1, "{reaped:?}");
    assert_eq!(
        problem(env.service.get_upload(&empty, nothing).await),
        ProblemType::UploadNotFound
    );
    assert_eq!(env.state(&begun, waiting).await, UploadState::Reserved);
    env.assert_totals().await;
    // Who comes back takes the same id.
    let again = NewUpload {
        object_id: nothing,
        sealed_len: Some(5 * MB),
        part_len: PART_LEN,
    };
    let again = env.service.reserve_upload(&empty, None, again, env.client()).await;
    assert_eq!(again.expect("a place").state, UploadState::Reserved);
}

async fn n01_a_client_is_bounded_and_others_are_not_hurt(env: TestEnv) {
    let mut config = env.config.clone();
    (config.limits.client_max_open_uploads, config.limits.max_open_uploads) = (6, 20);
    let service = Service::connect(config, Arc::clone(&env.clock) as _)
        .await
        .expect("it starts");
    let open = async |name: &str, most: usize| {
        let client = service.client_tag(name);
        let mut open = Vec::new();
        while open.len() < most {
            let (token, id) = (token(), ObjectId(random()));
            let new = NewUpload {
                object_id: id,
                sealed_len: Some(65_536),
                part_len: PART_LEN,
            };
            match service.reserve_upload(&token, None, new, client).await {
                Ok(_) => open.push((token, id)),
                Err(refused) => {
                    assert_eq!(refused.into_problem().kind, ProblemType::TooManyRequests);
                    break;
                }
            }
        }
        open
    };
    let first = open("one", 100).await;
    assert_eq!(first.len(), 6, "its bound");
    let others: Vec<usize> = [open("two", 100).await.len(), open("three", 100).await.len()].into();
    assert_eq!(others, [4, 3], "half of what it leaves");
    assert_eq!(open("four", 1).await.len(), 1, "there is room for one more");
    let (token, id) = &first[0];
    service.delete_upload(token, *id).await.expect("given up");
    assert_eq!(
        open("one", 100).await.len(),
        0,
        "five are more than half of what is left by now"
    );
    // What a link has taken is no longer in the way.
    let (token, id) = &first[1];
    let sent = env.send_parts(token, *id, &small(*id)).await;
    service.complete_upload(token, *id, sent).await.expect("whole");
    let held = "SELECT objects FROM upload_totals WHERE kind = 0";
    assert_eq!(env.number(held).await, 13);
    let link = new_link(&LinkAuth::new(random()), 1, 60);
    service.create_link(token, None, link).await.expect("made");
    assert_eq!(env.number(held).await, 12);
    env.assert_totals().await;
}

async fn n01_what_a_database_knows_of_a_client_is_no_address(env: TestEnv) {
    let (one, two) = (env.client(), env.service.client_tag("192.0.2.2/32"));
    assert_eq!(one, env.client());
    assert_ne!(one, two);
    let mut elsewhere = env.config.clone();
    elsewhere.auth.secret = AuthSecret::random().expect("randomness");
    let elsewhere = Service::connect(elsewhere, Arc::clone(&env.clock) as _)
        .await
        .expect("it starts");
    assert_ne!(
        elsewhere.client_tag("192.0.2.1/32"),
        one,
        "without the secret, which is in no database, nothing leads to the network"
    );
    let (theirs, id) = (token(), ObjectId(random()));
    env.reserve(&theirs, id, &small(id)).await.expect("a place");
    let kept = "SELECT COUNT(*) FROM uploads WHERE client IS NOT NULL";
    assert_eq!(env.number(kept).await, 1);
    env.service.delete_upload(&theirs, id).await.expect("given up");
    assert_eq!(env.number(kept).await, 0);
    let link = env.link(1).await;
    assert_eq!(
        (env.number(kept).await, env.state(&link.token, link.object).await),
        (0, UploadState::Committed)
    );
}

/// Every way in which a row changes, also by hand and by the release before, which knows nothing of totals.
async fn n05_totals_are_what_a_sum_would_be(env: TestEnv) {
    let theirs = token();
    env.assert_totals().await;
    let (id, large) = (ObjectId(random()), ObjectId(random()));
    env.reserve(&theirs, id, &small(id)).await.expect("a place");
    env.assert_totals().await;
    env.send(&theirs, large, &object(large, PART_LEN + 5)).await;
    env.assert_totals().await;
    let committed = env.upload(&theirs).await;
    env.assert_totals().await;
    env.service.delete_upload(&theirs, id).await.expect("given up");
    env.service.delete_upload(&theirs, committed).await.expect("deleted");
    env.assert_totals().await;
    env.link(1).await;
    let link = env.link(1).await;
    env.service.revoke_link(&link.token, link.id).await.expect("revoked");
    env.assert_totals().await;
    env.sql("UPDATE uploads SET state = 'completing' WHERE state = 'uploading'")
        .await;
    env.sql("UPDATE uploads SET reserved_len = reserved_len + 7").await;
    env.assert_totals().await;
    env.sql(&format!(
        "INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, created_at, touched_at) \
         VALUES ({}, {}, 'o/1', {PART_LEN}, 5, 'reserved', 1, 1)",
        env.literal(&random::<16>()),
        env.literal(&random::<32>()),
    ))
    .await;
    env.assert_totals().await;
    env.advance(30 * 24 * 3600);
    env.service.reap().await.expect("a pass");
    env.assert_totals().await;
    let held = env.number("SELECT COUNT(*) FROM upload_totals WHERE kind > 0").await;
    assert_eq!(held, 0, "nothing is left, and no total of nothing");
    env.sql("DELETE FROM link_objects").await;
    env.sql("DELETE FROM uploads").await;
    env.assert_totals().await;
    // Who compares them notices.
    env.reserve_as(env.client(), &theirs, 65_536).await.expect("a place");
    for column in ["objects", "begun", "bytes", "promised"] {
        for kind in 0..3 {
            let drift = |by: &str| format!("UPDATE upload_totals SET {column} = {column} {by} WHERE kind = {kind}");
            env.sql(&drift("+ 1")).await;
            assert_eq!(env.wrong_totals().await.len(), 2, "{column} of kind {kind}");
            env.sql(&drift("- 1")).await;
        }
    }
    env.assert_totals().await;
}

/// A sum over the rows would find out that there is one.
async fn n05_a_total_is_read_and_nothing_is_added_up(env: TestEnv) {
    let theirs = token();
    env.reserve_as(env.client(), &theirs, 65_536).await.expect("a place");
    let most = env.config.limits.guest_max_bytes;
    env.sql(&format!("UPDATE upload_totals SET bytes = {most} WHERE kind = 2"))
        .await;
    assert_eq!(
        problem(env.reserve_as(env.client(), &theirs, 65_536).await),
        ProblemType::TooLarge
    );
    let most = env.config.limits.client_max_open_uploads;
    env.sql(&format!("UPDATE upload_totals SET objects = {most} WHERE kind = 1"))
        .await;
    assert_eq!(
        problem(env.reserve_as(env.client(), &token(), 65_536).await),
        ProblemType::TooManyRequests
    );
    let most = env.config.limits.max_open_uploads;
    env.sql(&format!("UPDATE upload_totals SET objects = {most} WHERE kind = 0"))
        .await;
    let other = env.service.client_tag("192.0.2.2/32");
    assert_eq!(
        problem(env.reserve_as(other, &token(), 65_536).await),
        ProblemType::Unavailable
    );
}

/// A client holds the database, a hundred strangers wait for room, and then a sender comes who has shown a token.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n05_who_has_shown_something_passes_those_who_have_not() {
    let env = TestEnv::new(Db::Sqlite).await;
    let link = env.link(1).await;
    let database = env.database().await;
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let held = database.begin_with_options(immediate).await.expect("begun");
    let done = Arc::new(AtomicU64::new(0));
    let strangers: Vec<_> = (0..100)
        .map(|n| {
            let (service, done) = (env.service.clone(), Arc::clone(&done));
            let client = service.client_tag(&n.to_string());
            let new = NewUpload {
                object_id: ObjectId(random()),
                sealed_len: Some(65_536),
                part_len: PART_LEN,
            };
            tokio::spawn(async move {
                let reserved = service.reserve_upload(&token(), None, new, client).await;
                done.fetch_add(1, Ordering::SeqCst);
                reserved
            })
        })
        .collect();
    // All of them wait: nothing is left to run.
    while tokio::runtime::Handle::current().metrics().global_queue_depth() > 0 {
        tokio::task::yield_now().await;
    }
    let claiming = env.claim(&link);
    let (claimed, ()) = tokio::join!(
        async {
            claiming.await.expect("a place");
            done.load(Ordering::SeqCst)
        },
        async {
            held.rollback().await.expect("let go");
        }
    );
    assert!(claimed <= 10, "it waited for {claimed} strangers");
    for stranger in strangers {
        stranger.await.expect("no panic").expect("a place");
    }
    database.close().await.expect("it closes");
}
