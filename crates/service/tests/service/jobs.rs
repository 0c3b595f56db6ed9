//! The reaper with a clock that moves, and what crashes leave behind.

use sea_orm::{ConnectionTrait as _, SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
use sealdrop_api::{
    LinkAuth, ObjectId, ProblemType,
    limits::{PART_LEN, RESERVED_IDLE_IN},
    links::LinkState,
    uploads::{AbortReason, NewUpload, UploadState},
};
use sealdrop_service::Reaped;
use tokio_util::sync::CancellationToken;

use crate::support::{Fault, TestEnv, new_link, problem, random, small, token};

on_both_databases!(
    u28_idle_uploads_are_given_up,
    u29_a_lively_token_keeps_its_objects,
    u29_an_upload_that_goes_on_this_moment_is_left,
    u29_a_token_is_given_up_whole_or_not_at_all,
    u28_a_completion_that_never_ends_is_given_up,
    what_is_given_up_waits_only_for_a_complete_that_may_come,
    u28_what_nothing_was_ever_sent_of_is_given_up_early,
    a_step_that_fails_stops_no_other,
    a_bucket_that_is_gone_has_deleted_nothing,
    ended_links_are_told_and_then_forgotten,
    orphans_in_the_bucket_are_aborted,
    u08_a_clock_that_is_wrong_is_named,
    u20_an_abort_that_a_part_overtakes_leaves_nothing,
    u20_an_abort_is_repeated_until_no_part_is_left,
    interrupted_removals_are_made_up,
    the_loop_runs_and_stops,
);

const DAY: u64 = 24 * 3600;

/// A pass. What was promised and did not come is looked at in `quota.rs`.
async fn reap(env: &TestEnv) -> Reaped {
    Reaped {
        promises_lapsed: 0,
        ..env.service.reap().await.expect("a pass")
    }
}

async fn u28_idle_uploads_are_given_up(env: TestEnv) {
    let (one, two, three) = (token(), token(), token());
    let (reserved, begun) = (ObjectId(random()), ObjectId(random()));
    env.send(&one, ObjectId(random()), &small(reserved)).await;
    env.reserve(&one, reserved, &small(reserved)).await.expect("reserved");
    env.send(&two, begun, &small(begun)).await;
    let committed = env.upload(&three).await;
    env.advance(3 * DAY - 60);
    assert_eq!(reap(&env).await, Reaped::default());
    env.advance(120);
    let reaped = reap(&env).await;
    assert_eq!((reaped.uploads_expired, reaped.objects_unlinked), (3, 1), "{reaped:?}");
    assert_eq!(
        (reaped.uploads_aborted, reaped.objects_deleted, reaped.failed),
        (3, 1, 0),
        "{reaped:?}"
    );
    assert_eq!(env.held().await, (0, 0));
    for (token, id) in [(&one, reserved), (&two, begun)] {
        let status = env.service.get_upload(token, id).await.expect("it is known");
        assert_eq!(
            (status.state, status.reason),
            (UploadState::Aborted, Some(AbortReason::Expired))
        );
    }
    assert_eq!(env.state(&three, committed).await, UploadState::Deleted);
    assert_eq!(reap(&env).await, Reaped::default());
}

/// A place for what nobody began to send is kept for minutes; what has a part stays, and whatever waits beside it.
async fn u28_what_nothing_was_ever_sent_of_is_given_up_early(env: TestEnv) {
    let (empty, begun, pipe) = (token(), token(), token());
    let (nothing, part, waiting) = (ObjectId(random()), ObjectId(random()), ObjectId(random()));
    env.reserve(&empty, nothing, &small(nothing)).await.expect("reserved");
    env.send(&begun, part, &small(part)).await;
    env.reserve(&begun, waiting, &small(waiting)).await.expect("reserved");
    let piped = NewUpload {
        object_id: ObjectId(random()),
        sealed_len: None,
        part_len: PART_LEN,
    };
    env.service
        .reserve_upload(&pipe, None, piped.clone(), env.client())
        .await
        .expect("reserved");
    env.advance(RESERVED_IDLE_IN - 60);
    assert_eq!(reap(&env).await, Reaped::default());
    // Who asks again, is there.
    let again = env.reserve(&empty, nothing, &small(nothing)).await.expect("told");
    assert_eq!(again, UploadState::Reserved);
    env.advance(120);
    let reaped = reap(&env).await;
    assert_eq!(
        (reaped.reservations_forgotten, reaped.failed),
        (1, 0),
        "the pipe: {reaped:?}"
    );
    env.advance(RESERVED_IDLE_IN);
    let reaped = reap(&env).await;
    assert_eq!((reaped.reservations_forgotten, reaped.failed), (1, 0), "{reaped:?}");
    // Whoever goes on reserves again.
    env.upload(&empty).await;
    let again = env.service.reserve_upload(&pipe, None, piped, env.client()).await;
    assert_eq!(again.expect("a place").state, UploadState::Reserved);
    // The rest is taken up later.
    env.advance(2 * DAY);
    reap(&env).await;
    assert_eq!(env.state(&begun, part).await, UploadState::Uploading);
    env.send_parts(&begun, waiting, &small(waiting)).await;
}

async fn u29_a_lively_token_keeps_its_objects(env: TestEnv) {
    let (token, auth) = (token(), LinkAuth::new(random()));
    let first = env.upload(&token).await;
    env.advance(2 * DAY);
    let second = ObjectId(random());
    let sent = env.send(&token, second, &small(second)).await;
    env.advance(2 * DAY);
    assert_eq!(
        reap(&env).await,
        Reaped::default(),
        "the first object waits for the last"
    );
    env.service
        .complete_upload(&token, second, sent)
        .await
        .expect("committed");
    let new = new_link(&auth, 1, 20 * DAY);
    env.service.create_link(&token, None, new).await.expect("made");
    env.advance(10 * DAY);
    assert_eq!(
        reap(&env).await,
        Reaped::default(),
        "what a link has stays as long as the link"
    );
    assert_eq!(env.state(&token, first).await, UploadState::Committed);
}

/// Between the reaper's look and its lock somebody comes back for an object: a transaction of the database is held open there.
async fn come_back_meanwhile(env: &TestEnv, object_id: ObjectId) {
    let database = env.database().await;
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let touching = database.begin_with_options(options).await.expect("it begins");
    let touched = format!(
        "UPDATE uploads SET touched_at = touched_at + {} WHERE object_id = {}",
        (3 * DAY + 60) * 1000,
        env.literal(&object_id.0)
    );
    touching.execute_unprepared(&touched).await.expect("it is touched");
    let service = env.service.clone();
    let reaping = tokio::spawn(async move { service.reap().await.expect("a pass") });
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(
        !reaping.is_finished(),
        "it found the upload idle and waits for the lock"
    );
    touching.commit().await.expect("committed");
    database.close().await.expect("it closes");
    assert_eq!(reaping.await.expect("no panic"), Reaped::default());
}

async fn u29_an_upload_that_goes_on_this_moment_is_left(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = small(id);
    let sent = env.send(&token, id, &bytes).await;
    env.advance(3 * DAY + 60);
    come_back_meanwhile(&env, id).await;
    let done = env.service.complete_upload(&token, id, sent).await.expect("it goes on");
    assert_eq!(done.state, UploadState::Committed);
}

/// Somebody comes back for one of two objects, between the reaper's look and its lock: the other one waits for it.
async fn u29_a_token_is_given_up_whole_or_not_at_all(env: TestEnv) {
    let (token, auth) = (token(), LinkAuth::new(random()));
    let objects = [env.upload(&token).await, env.upload(&token).await];
    env.advance(3 * DAY + 60);
    come_back_meanwhile(&env, objects[1]).await;
    let made = env.service.create_link(&token, None, new_link(&auth, 1, 3600)).await;
    assert_eq!(made.expect("the kept link is made").sealed_bytes, 2 * 65_536);
    assert_eq!(env.state(&token, objects[0]).await, UploadState::Committed);
}

/// A bucket that refuses Complete for good, and an object that was put together and never looked at.
async fn u28_a_completion_that_never_ends_is_given_up(env: TestEnv) {
    let (one, two) = (token(), token());
    let (refused, unseen) = (ObjectId(random()), ObjectId(random()));
    let sent = env.send(&one, refused, &small(refused)).await;
    env.bucket.misbehave(Fault::DeniesComplete);
    let answer = env.service.complete_upload(&one, refused, sent).await;
    assert_eq!(answer.expect_err("refused").into_problem().kind, ProblemType::Internal);
    assert_eq!(env.state(&one, refused).await, UploadState::Completing);
    env.bucket.misbehave(Fault::None);
    env.send(&two, unseen, &small(unseen)).await;
    env.complete_by_hand(unseen).await;
    let key = format!("object_id = {}", env.literal(&unseen.0));
    let digest = env.literal(&[7; 32]);
    env.sql(&format!(
        "UPDATE uploads SET state = 'verifying', parts_digest = {digest} WHERE {key}"
    ))
    .await;
    env.advance(3 * DAY + 60);
    env.bucket.misbehave(Fault::DeniesComplete);
    let reaped = reap(&env).await;
    assert_eq!(
        (reaped.uploads_expired, reaped.uploads_resumed, reaped.failed),
        (2, 0, 0),
        "{reaped:?}"
    );
    // Another server may have sent a Complete just before: what it makes must not outlive the removal.
    env.service
        .delete_upload(&one, refused)
        .await
        .expect("it is given up already");
    assert_eq!((env.held().await, reap(&env).await), ((1, 1), Reaped::default()));
    env.advance(16 * 60);
    let reaped = reap(&env).await;
    assert_eq!((reaped.uploads_aborted, reaped.failed), (2, 0), "{reaped:?}");
    assert_eq!(env.held().await, (0, 0));
    for (token, id) in [(&one, refused), (&two, unseen)] {
        let status = env.service.get_upload(token, id).await.expect("it is known");
        assert_eq!(
            (status.state, status.reason),
            (UploadState::Aborted, Some(AbortReason::Expired))
        );
    }
}

/// The reaper's question to the database leaves out exactly the rows that the removal itself would: every kind of row, with a
/// reason and without.
async fn what_is_given_up_waits_only_for_a_complete_that_may_come(env: TestEnv) {
    let mut waiting = Vec::new();
    for (reason, digest) in [
        ("NULL", true),
        ("NULL", false),
        ("'refused'", true),
        ("'expired'", false),
        ("'expired'", true),
    ] {
        let (token, id) = (token(), ObjectId(random()));
        env.send(&token, id, &small(id)).await;
        let digest = if digest {
            env.literal(&[7; 32])
        } else {
            "NULL".to_owned()
        };
        let key = format!("object_id = {}", env.literal(&id.0));
        env.sql(&format!(
            "UPDATE uploads SET state = 'aborting', reason = {reason}, parts_digest = {digest} WHERE {key}"
        ))
        .await;
        waiting.push((token, id));
    }
    let (token, last) = waiting.pop().expect("the one that may still complete");
    assert_eq!(reap(&env).await.uploads_aborted, 4);
    for (token, id) in waiting {
        assert_eq!(env.state(&token, id).await, UploadState::Aborted);
    }
    assert_eq!(env.state(&token, last).await, UploadState::Aborting);
    env.advance(15 * 60 + 1);
    assert_eq!(reap(&env).await.uploads_aborted, 1);
    assert_eq!(env.state(&token, last).await, UploadState::Aborted);
    assert_eq!(env.held().await, (0, 0));
}

async fn a_step_that_fails_stops_no_other(env: TestEnv) {
    let token = token();
    let object = env.upload(&token).await;
    env.bucket.misbehave(Fault::Down);
    env.service
        .delete_upload(&token, object)
        .await
        .expect("the intent is enough");
    env.bucket.misbehave(Fault::None);
    // The first steps need it.
    env.sql("ALTER TABLE claims RENAME TO claims_elsewhere").await;
    env.service.reap().await.expect_err("whoever called is told");
    assert_eq!(env.state(&token, object).await, UploadState::Deleted);
    assert_eq!(env.held().await, (0, 0));
}

async fn a_bucket_that_is_gone_has_deleted_nothing(env: TestEnv) {
    let token = token();
    let object = env.upload(&token).await;
    env.bucket.misbehave(Fault::NoBucket);
    env.service
        .delete_upload(&token, object)
        .await
        .expect("the intent is enough");
    assert_eq!(env.state(&token, object).await, UploadState::Deleting);
    env.bucket.misbehave(Fault::None);
    assert_eq!(reap(&env).await.objects_deleted, 1);
}

async fn ended_links_are_told_and_then_forgotten(env: TestEnv) {
    let (expired, exhausted) = (env.link_for(1, 3600).await, env.link_for(1, 3600).await);
    let claim = env.claim(&exhausted).await.expect("a place");
    env.commit(&exhausted, claim).await.expect("counted");
    assert_eq!(reap(&env).await, Reaped::default(), "the claim may still read");
    env.advance(3601);
    let open = |link: &crate::support::TestLink| {
        let (service, id, auth, origin) = (env.service.clone(), link.id, link.auth.clone(), env.origin.clone());
        async move { service.open_link(id, &auth, &origin).await }
    };
    // Before the reaper comes by, and after.
    for _ in 0..2 {
        let told = open(&expired).await.expect_err("over").into_problem();
        assert_eq!(
            (told.kind, told.ended_at),
            (ProblemType::LinkExpired, Some(expired.created.expires_at))
        );
        reap(&env).await;
    }
    assert_eq!(problem(open(&exhausted).await), ProblemType::LinkExhausted);
    assert_eq!(env.held().await, (1, 0));
    env.advance(DAY);
    let reaped = reap(&env).await;
    assert_eq!((reaped.links_swept, reaped.objects_deleted), (1, 1), "{reaped:?}");
    env.advance(28 * DAY);
    assert_eq!(problem(open(&expired).await), ProblemType::LinkExpired);
    let status = env
        .service
        .get_link(&expired.token, expired.id)
        .await
        .expect("the owner looks");
    assert_eq!(status.state, LinkState::Expired);
    env.advance(2 * DAY);
    assert_eq!(reap(&env).await.tombstones_dropped, 2);
    for link in [&expired, &exhausted] {
        assert_eq!(problem(open(link).await), ProblemType::LinkNotFound);
        assert_eq!(
            problem(env.service.get_link(&link.token, link.id).await),
            ProblemType::LinkNotFound
        );
    }
    // The id stays used.
    let (token, auth) = (token(), LinkAuth::new(random()));
    env.upload(&token).await;
    let mut new = new_link(&auth, 1, 60);
    new.link_seed = expired.seed;
    assert_eq!(
        problem(env.service.create_link(&token, None, new).await),
        ProblemType::LinkExists
    );
}

async fn orphans_in_the_bucket_are_aborted(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    env.send(&token, id, &small(id)).await;
    // As after a crash between the bucket's answer and the database.
    let s3 = env.s3();
    for key in [
        "o/00000000000000000000000000000001",
        "o/00000000000000000000000000000002",
    ] {
        s3.create_multipart_upload()
            .bucket("blobs")
            .key(key)
            .send()
            .await
            .expect("begun");
    }
    assert_eq!(
        reap(&env).await.orphans_aborted,
        0,
        "the database has an hour to learn of it"
    );
    env.advance(3700);
    assert_eq!(reap(&env).await.orphans_aborted, 2);
    assert_eq!(env.held().await, (0, 1), "what is being sent stays");
    assert_eq!(env.state(&token, id).await, UploadState::Uploading);
}

async fn u08_a_clock_that_is_wrong_is_named(env: TestEnv) {
    assert!(env.service.readiness().await.is_ready());
    env.advance(20 * 60);
    let said = env.service.readiness().await;
    assert!(!said.is_ready(), "this server's addresses are of no use");
    let why = said.bucket.expect_err("addresses that the bucket refuses");
    assert!(why.contains("20 minutes ahead of the bucket's"), "{why}");
    // A bucket that looks at the time itself lets nobody in; the answer to a HEAD has no room for the reason.
    env.bucket.misbehave(Fault::Forbids);
    let why = env.service.readiness().await.bucket.expect_err("it is closed");
    assert!(why.contains("20 minutes ahead of the bucket's"), "{why}");
}

/// The part is on its way while the upload is given up, and lands after the abort.
async fn u20_an_abort_that_a_part_overtakes_leaves_nothing(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    env.reserve(&token, id, &small(id)).await.expect("reserved");
    let whole = small(id);
    let url = env.sign(&token, id, 1, whole.len() as u64).await.expect("signed");
    let (tell, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let (first, rest) = whole.split_at(whole.len() / 2);
    let stream = futures::stream::unfold(body, async |mut body| Some((body.recv().await?, body)));
    let putting = env
        .http
        .put(env.resolve(&url))
        .header("content-length", whole.len())
        .body(reqwest::Body::wrap_stream(stream));
    let putting = tokio::spawn(putting.send());
    tell.send(Ok(first.to_vec())).await.expect("the bucket reads");
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    env.service.delete_upload(&token, id).await.expect("given up");
    // The rest may find nobody: then the bucket has refused it already.
    let _ = tell.send(Ok(rest.to_vec())).await;
    drop(tell);
    let answer = putting.await.expect("it ran");
    assert!(
        !answer.is_ok_and(|answer| answer.status().is_success()),
        "there is no such upload any more"
    );
    let unfinished = env
        .s3()
        .list_multipart_uploads()
        .bucket("blobs")
        .send()
        .await
        .expect("listed");
    assert!(unfinished.uploads().is_empty(), "{unfinished:?}");
    assert_eq!(env.state(&token, id).await, UploadState::Aborted);
    assert_eq!(env.held().await, (0, 0));
}

/// As S3 has it: what lands after the abort brings the upload's parts back, and only a listing shows them.
async fn u20_an_abort_is_repeated_until_no_part_is_left(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    env.send(&token, id, &small(id)).await;
    env.bucket.misbehave(Fault::OvertakesAbort);
    env.service.delete_upload(&token, id).await.expect("given up");
    assert_eq!(env.held().await, (0, 0), "without a pass of the reaper");
    assert_eq!(env.state(&token, id).await, UploadState::Aborted);
}

async fn interrupted_removals_are_made_up(env: TestEnv) {
    let token = token();
    let begun = ObjectId(random());
    env.send(&token, begun, &small(begun)).await;
    let committed = env.upload(&token).await;
    env.bucket.misbehave(Fault::Down);
    for id in [begun, committed] {
        env.service
            .delete_upload(&token, id)
            .await
            .expect("the intent is enough");
    }
    assert_eq!(env.state(&token, begun).await, UploadState::Aborting);
    assert_eq!(env.state(&token, committed).await, UploadState::Deleting);
    assert!(reap(&env).await.failed >= 2);
    env.bucket.misbehave(Fault::None);
    let reaped = reap(&env).await;
    assert_eq!(
        (reaped.uploads_aborted, reaped.objects_deleted, reaped.failed),
        (1, 1, 0)
    );
    assert_eq!(env.held().await, (0, 0));
}

async fn the_loop_runs_and_stops(env: TestEnv) {
    let link = env.link(1).await;
    let stop = CancellationToken::new();
    let jobs = tokio::spawn(env.service.clone().run_jobs(stop.clone()));
    env.service.revoke_link(&link.token, link.id).await.expect("closed");
    // Woken by the revocation, long before its minute.
    for _ in 0..200 {
        if env.held().await == (0, 0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(env.held().await, (0, 0));
    stop.cancel();
    jobs.await.expect("it ends when told to");
}
