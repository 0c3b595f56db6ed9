//! Uploads at a limit: of a link, of the disk, of what the bucket takes.

use sealdrop_api::{
    ObjectId, OwnerToken, ProblemType,
    limits::PART_LEN,
    uploads::{NewUpload, UploadState},
};

use crate::support::{self, Db, Fault, TestEnv, problem, random, small, token};

async fn limited(db: Db) -> TestEnv {
    TestEnv::with(db, |config| config.limits.guest_max_bytes = 10 * 65_536).await
}

/// Twenty at the same time for room for ten: ten get it, to the byte.
async fn racers_share_the_limit(env: TestEnv) {
    let token = token();
    let racers = (0..20).map(|_| {
        let (service, token, client) = (env.service.clone(), token.clone(), env.client());
        let new = NewUpload {
            object_id: ObjectId(random()),
            sealed_len: Some(65_536),
            part_len: PART_LEN,
        };
        tokio::spawn(async move { service.reserve_upload(&token, None, new, client).await })
    });
    let results: Vec<_> = futures::future::join_all(racers)
        .await
        .into_iter()
        .map(|racer| racer.expect("no panic"))
        .collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
    for refused in results.into_iter().filter(Result::is_err) {
        let problem = refused.expect_err("refused").into_problem();
        assert_eq!(
            (problem.kind, problem.limit),
            (ProblemType::TooLarge, Some(10 * 65_536))
        );
    }
    // Another token has its own room, and what is given up is free again.
    let (other, id) = (support::token(), ObjectId(random()));
    let almost = NewUpload {
        object_id: id,
        sealed_len: Some(655_360),
        part_len: PART_LEN,
    };
    env.service
        .reserve_upload(&other, None, almost, env.client())
        .await
        .expect("room");
    assert_eq!(
        problem(env.reserve(&other, ObjectId(random()), &small(id)).await),
        ProblemType::TooLarge
    );
    env.service.delete_upload(&other, id).await.expect("given up");
    env.reserve(&other, ObjectId(random()), &small(id))
        .await
        .expect("room again");
    // A pipe meets the same limit while it grows.
    let (piper, pipe) = (support::token(), ObjectId(random()));
    let new = NewUpload {
        object_id: pipe,
        sealed_len: None,
        part_len: PART_LEN,
    };
    env.service
        .reserve_upload(&piper, None, new, env.client())
        .await
        .expect("a pipe begins with nothing");
    env.sign(&piper, pipe, 1, 655_360).await.expect("just fits");
    env.sign(&piper, pipe, 1, 655_360).await.expect("again is not more");
    assert_eq!(problem(env.sign(&piper, pipe, 2, 1).await), ProblemType::TooLarge);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racers_share_the_limit_sqlite() {
    racers_share_the_limit(limited(Db::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racers_share_the_limit_postgres() {
    racers_share_the_limit(limited(Db::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_and_closed_doors_are_said() {
    // Beside the bytes of one, 16 KiB for each: three are open, and a fourth would be one too many.
    let full = TestEnv::with(Db::Sqlite, |config| {
        config.free_space = Some(std::sync::Arc::new(|| (16 << 20) + 65_536 + 3 * 16_384));
    })
    .await;
    // Different tokens: the disk is one.
    for _ in 0..3 {
        let id = ObjectId(random());
        full.reserve(&token(), id, &small(id)).await.expect("room");
    }
    let id = ObjectId(random());
    assert_eq!(
        problem(full.reserve(&token(), id, &small(id)).await),
        ProblemType::StorageFull
    );
    let closed = TestEnv::with(Db::Sqlite, |config| config.limits.guest_max_bytes = 0).await;
    assert!(!closed.service.limits().guest);
    assert_eq!(
        problem(closed.reserve(&token(), id, &small(id)).await),
        ProblemType::GuestsOff
    );
}

/// What stands in front of servers takes a late answer for none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o32_a_bucket_that_says_nothing_is_named_and_not_waited_for() {
    let env = TestEnv::new(Db::Sqlite).await;
    env.bucket.misbehave(Fault::Silent);
    let patience = std::time::Duration::from_millis(20);
    let readiness = env.service.readiness_within(patience).await;
    let why = readiness.bucket.as_ref().expect_err("it is named");
    assert_eq!(why, "it gave no answer within 20 ms");
    assert!(readiness.is_ready(), "{readiness:?}");
    env.bucket.misbehave(Fault::None);
    assert_eq!(env.service.readiness().await.bucket, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_is_away_loses_nothing() {
    let env = TestEnv::with(Db::Sqlite, |config| {
        config.complete_wait = std::time::Duration::from_millis(300)
    })
    .await;
    let (token, id): (OwnerToken, _) = (token(), ObjectId(random()));
    let sent = env.send(&token, id, &small(id)).await;
    env.bucket.misbehave(Fault::Down);
    let readiness = env.service.readiness().await;
    assert!(readiness.bucket.is_err(), "it is named");
    assert!(readiness.is_ready(), "and everything else goes on");
    let away = env
        .service
        .complete_upload(&token, id, sent.clone())
        .await
        .expect_err("the bucket is away");
    assert!(away.is_retryable() && away.retry_after().is_some());
    assert_eq!(away.into_problem().kind, ProblemType::Unavailable);
    env.bucket.misbehave(Fault::RefusesComplete);
    let later = env
        .service
        .complete_upload(&token, id, sent.clone())
        .await
        .expect("it goes on without the client");
    assert_eq!(later.state, UploadState::Completing);
    env.bucket.misbehave(Fault::None);
    assert!(env.service.readiness().await.is_ready());
    for _ in 0..200 {
        if env.state(&token, id).await == UploadState::Committed {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it did not go on");
}
