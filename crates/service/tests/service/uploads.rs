//! Uploads against a real database and a real bucket.

use core::{future::poll_fn, task::Poll, time::Duration};

use crate::support::{self, Db, Fault, TestEnv, object, part, problem, random, small, token};
use sealdrop_api::{
    ObjectId, OwnerToken, ProblemType,
    limits::PART_LEN,
    uploads::{AbortReason, NewUpload, PartToSign, PartsSent, PartsToSign, SentPart, UploadState},
};
use sealdrop_service::ServiceError;

on_both_databases!(
    a_large_object_goes_through,
    repeats_answer_the_same,
    strangers_hear_nothing,
    u22_u23_u26_only_planned_parts_are_signed,
    u22_a_longer_part_is_measured_before_it_is_committed,
    u19_parts_that_differ_are_named,
    what_is_not_sealed_is_refused,
    a_pipe_is_reserved_as_it_is_signed,
    u18_fifty_completes_make_one_commit,
    u20_a_client_that_hangs_up_leaves_nothing,
    u21_u25_what_is_deleted_is_gone,
    u25_an_address_leads_nowhere_after_the_commit,
    a_link_takes_no_unfinished_token,
);

async fn a_large_object_goes_through(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, 2 * PART_LEN + 5);
    let sent = env.send(&token, id, &bytes).await;
    let listed = env.service.list_parts(&token, id, 0).await.expect("parts are listed");
    let lens: Vec<(u32, u64)> = listed.parts.iter().map(|part| (part.n, part.len)).collect();
    assert_eq!(
        lens,
        [(1, PART_LEN), (2, PART_LEN), (3, bytes.len() as u64 - 2 * PART_LEN)]
    );
    assert_eq!(listed.next, None);
    assert_eq!(
        env.service.list_parts(&token, id, 2).await.expect("a page").parts.len(),
        1
    );
    let done = env
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("it completes");
    assert_eq!(done.state, UploadState::Committed);
    assert_eq!(env.held().await, (1, 0));
    let status = env.service.get_upload(&token, id).await.expect("it is known");
    assert_eq!(
        (status.sealed_len, status.part_len, status.reason),
        (Some(bytes.len() as u64), PART_LEN, None)
    );
}

async fn repeats_answer_the_same(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = small(id);
    assert_eq!(
        env.reserve(&token, id, &bytes).await.expect("reserved"),
        UploadState::Reserved
    );
    assert_eq!(
        env.reserve(&token, id, &bytes).await.expect("again"),
        UploadState::Reserved
    );
    assert_eq!(
        problem(env.reserve(&token, id, &object(id, 70_000)).await),
        ProblemType::ObjectExists
    );
    assert_eq!(
        problem(env.reserve(&support::token(), id, &bytes).await),
        ProblemType::ObjectExists
    );
    let sent = env.send_parts(&token, id, &bytes).await;
    assert_eq!(
        env.reserve(&token, id, &bytes).await.expect("again"),
        UploadState::Uploading
    );
    for _ in 0..2 {
        let done = env
            .service
            .complete_upload(&token, id, sent.clone())
            .await
            .expect("it completes");
        assert_eq!(done.state, UploadState::Committed);
    }
    assert_eq!(env.bucket.completes(), 1);
    assert_eq!(
        problem(env.sign(&token, id, 1, bytes.len() as u64).await),
        ProblemType::UploadState
    );
    for _ in 0..2 {
        env.service.delete_upload(&token, id).await.expect("it is deleted");
    }
    // The id stays used.
    assert_eq!(
        env.reserve(&token, id, &bytes).await.expect("same request, same row"),
        UploadState::Deleted
    );
    assert_eq!(
        problem(env.reserve(&support::token(), id, &bytes).await),
        ProblemType::ObjectExists
    );
}

async fn strangers_hear_nothing(env: TestEnv) {
    let (owner, id) = (token(), ObjectId(random()));
    let sent = env.send(&owner, id, &small(id)).await;
    let stranger = token();
    for (who, what) in [(&stranger, id), (&owner, ObjectId(random()))] {
        let parts = PartsToSign {
            parts: vec![PartToSign { n: 1, len: 65_536 }],
        };
        let answers = [
            env.service.get_upload(who, what).await.map(drop),
            env.service.list_parts(who, what, 0).await.map(drop),
            env.service.sign_parts(who, what, parts, &env.origin).await.map(drop),
            env.service.complete_upload(who, what, sent.clone()).await.map(drop),
            env.service.delete_upload(who, what).await,
        ];
        for answer in answers {
            let problem = answer.expect_err("refused").into_problem();
            assert_eq!(problem, ProblemType::UploadNotFound.into());
        }
    }
    assert_eq!(env.state(&owner, id).await, UploadState::Uploading);
}

async fn u22_u23_u26_only_planned_parts_are_signed(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, PART_LEN + 5);
    let rest = bytes.len() as u64 - PART_LEN;
    env.reserve(&token, id, &bytes).await.expect("reserved");
    for (n, len) in [
        (0, PART_LEN),
        (1, PART_LEN - 1),
        (1, 2 * PART_LEN),
        (2, rest + 1),
        (2, PART_LEN),
        (3, 1),
        (3, 0),
    ] {
        assert_eq!(
            problem(env.sign(&token, id, n, len).await),
            ProblemType::InvalidRequest,
            "part {n} of {len}"
        );
    }
    for parts in [
        vec![],
        vec![PartToSign { n: 1, len: PART_LEN }; 2],
        vec![PartToSign { n: 1, len: PART_LEN }; 17],
    ] {
        let signed = env
            .service
            .sign_parts(&token, id, PartsToSign { parts }, &env.origin)
            .await;
        assert_eq!(problem(signed), ProblemType::InvalidRequest);
    }
    assert_eq!(env.held().await, (0, 0), "nothing was begun for what is refused");
    let url = env.sign(&token, id, 2, rest).await.expect("signed");
    assert!(url.contains("X-Amz-SignedHeaders=content-length%3Bhost&"), "{url}");
    assert!(url.contains("X-Amz-Expires=900&"), "{url}");
    for wrong in [rest - 1, rest + 1] {
        let answer = env.put(&url, vec![0; usize::try_from(wrong).expect("small")]).await;
        assert_eq!(answer.status(), 403, "a body of {wrong} bytes");
    }
    // Signed for one authority: another one is refused.
    let other = url.replace("partNumber=2", "partNumber=1");
    assert_eq!(
        env.put(&other, vec![0; usize::try_from(rest).expect("small")])
            .await
            .status(),
        403
    );
}

/// A bucket that looks at no length took more than was signed, and client and bucket agree about it.
async fn u22_a_longer_part_is_measured_before_it_is_committed(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = small(id);
    env.reserve(&token, id, &bytes).await.expect("reserved");
    env.sign(&token, id, 1, bytes.len() as u64).await.expect("signed");
    let s3 = env.s3();
    let begun = s3
        .list_multipart_uploads()
        .bucket("blobs")
        .send()
        .await
        .expect("listed");
    let upload = &begun.uploads()[0];
    let longer = [bytes.as_slice(), b"!"].concat();
    let stored = s3
        .upload_part()
        .bucket("blobs")
        .set_key(upload.key.clone())
        .set_upload_id(upload.upload_id.clone())
        .part_number(1)
        .body(longer.into())
        .send()
        .await
        .expect("stored");
    let sent = PartsSent {
        sealed_len: bytes.len() as u64,
        parts: vec![SentPart {
            n: 1,
            etag: stored.e_tag.expect("an etag"),
        }],
    };
    let done = env.service.complete_upload(&token, id, sent).await;
    assert_eq!(problem(done), ProblemType::PartsDiffer);
    assert_eq!(env.bucket.completes(), 0, "the bucket was not asked");
}

async fn u19_parts_that_differ_are_named(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, 2 * PART_LEN + 5);
    env.reserve(&token, id, &bytes).await.expect("reserved");
    let needed = |result: Result<_, ServiceError>| -> Vec<u32> {
        let problem = result.expect_err("they differ").into_problem();
        assert_eq!(problem.kind, ProblemType::PartsDiffer);
        problem.parts.iter().map(|part| part.n).collect()
    };
    let nothing = PartsSent {
        sealed_len: bytes.len() as u64,
        parts: vec![],
    };
    assert_eq!(
        needed(env.service.complete_upload(&token, id, nothing).await),
        [1, 2, 3]
    );
    let first = env.send_part(&token, id, 1, part(&bytes, 1)).await;
    let third = env.send_part(&token, id, 3, part(&bytes, 3)).await;
    let mut sent = PartsSent {
        sealed_len: bytes.len() as u64,
        parts: vec![
            SentPart { n: 1, etag: first },
            SentPart {
                n: 2,
                etag: "\"0\"".into(),
            },
            SentPart { n: 3, etag: third },
        ],
    };
    assert_eq!(needed(env.service.complete_upload(&token, id, sent.clone()).await), [2]);
    sent.parts[1].etag = env.send_part(&token, id, 2, part(&bytes, 2)).await;
    // The first attempt of part 1 arrives once more, with other bytes.
    let mut other = part(&bytes, 1).to_vec();
    other[500] ^= 1;
    env.send_part(&token, id, 1, &other).await;
    assert_eq!(needed(env.service.complete_upload(&token, id, sent.clone()).await), [1]);
    env.send_part(&token, id, 1, part(&bytes, 1)).await;
    assert_eq!(env.bucket.completes(), 0, "the bucket was not asked before all agreed");
    let mut twice = sent.clone();
    twice.parts.push(twice.parts[0].clone());
    assert_eq!(
        problem(env.service.complete_upload(&token, id, twice).await),
        ProblemType::InvalidRequest
    );
    let longer = PartsSent {
        sealed_len: sent.sealed_len + 1,
        ..sent.clone()
    };
    assert_eq!(
        problem(env.service.complete_upload(&token, id, longer).await),
        ProblemType::InvalidRequest
    );
    let done = env
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("it completes");
    assert_eq!(done.state, UploadState::Committed);
}

async fn what_is_not_sealed_is_refused(env: TestEnv) {
    for spoil in [0, 8, 16, 20, 71, 90] {
        let (token, id) = (token(), ObjectId(random()));
        let mut bytes = small(id);
        bytes[spoil] ^= 1;
        let sent = env.send(&token, id, &bytes).await;
        for _ in 0..2 {
            let done = env.service.complete_upload(&token, id, sent.clone()).await;
            assert_eq!(problem(done), ProblemType::UploadRefused, "byte {spoil}");
        }
        let status = env.service.get_upload(&token, id).await.expect("it is known");
        assert_eq!(
            (status.state, status.reason),
            (UploadState::Aborted, Some(AbortReason::Refused))
        );
    }
    assert_eq!(env.held().await, (0, 0));
}

async fn a_pipe_is_reserved_as_it_is_signed(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, PART_LEN + 777);
    let new = NewUpload {
        object_id: id,
        sealed_len: None,
        part_len: PART_LEN,
    };
    env.service
        .reserve_upload(&token, new.clone(), env.client())
        .await
        .expect("reserved");
    assert_eq!(
        problem(env.sign(&token, id, 1, PART_LEN + 1).await),
        ProblemType::InvalidRequest
    );
    assert_eq!(
        problem(env.sign(&token, id, 10_001, 5).await),
        ProblemType::InvalidRequest
    );
    let over = PartsSent {
        sealed_len: bytes.len() as u64,
        parts: vec![],
    };
    assert_eq!(
        problem(env.service.complete_upload(&token, id, over).await),
        ProblemType::InvalidRequest
    );
    // The order of a pipe: part 1 comes last.
    let second = env.send_part(&token, id, 2, part(&bytes, 2)).await;
    let first = env.send_part(&token, id, 1, part(&bytes, 1)).await;
    let sent = PartsSent {
        sealed_len: bytes.len() as u64,
        parts: vec![SentPart { n: 2, etag: second }, SentPart { n: 1, etag: first }],
    };
    let done = env
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("it completes");
    assert_eq!(done.state, UploadState::Committed);
    let status = env.service.get_upload(&token, id).await.expect("it is known");
    assert_eq!(status.sealed_len, Some(bytes.len() as u64));
    assert_eq!(
        env.service
            .reserve_upload(&token, new, env.client())
            .await
            .expect("again")
            .state,
        UploadState::Committed
    );
}

async fn u18_fifty_completes_make_one_commit(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let sent = env.send(&token, id, &small(id)).await;
    let (one, two) = (env.service.clone(), env.another().await);
    let racers = (0..50).map(|n| {
        let service = if n % 2 == 0 { one.clone() } else { two.clone() };
        let (token, sent) = (token.clone(), sent.clone());
        tokio::spawn(async move { service.complete_upload(&token, id, sent).await })
    });
    for racer in futures::future::join_all(racers).await {
        let done = racer.expect("no panic").expect("all succeed");
        assert_eq!(done.state, UploadState::Committed);
    }
    assert!(env.bucket.completes() <= 2, "each server asks the bucket once");
    let late = env.service.complete_upload(&token, id, sent).await.expect("also later");
    assert_eq!(late.state, UploadState::Committed);
    assert_eq!(env.held().await, (1, 0));
}

/// Hangs up at each point where signing waits for something, then gives the upload up.
async fn u20_a_client_that_hangs_up_leaves_nothing(env: TestEnv) {
    let (mut patience, mut in_the_middle) = (0, 0);
    for _ in 0..200 {
        let (token, id) = (token(), ObjectId(random()));
        let bytes = small(id);
        env.reserve(&token, id, &bytes).await.expect("reserved");
        let mut signing = Box::pin(env.sign(&token, id, 1, bytes.len() as u64));
        let mut woken = 0;
        let signed = poll_fn(|context| {
            woken += 1;
            if woken > patience {
                return Poll::Ready(None);
            }
            signing.as_mut().poll(context).map(Some)
        });
        let signed = signed.await;
        drop(signing);
        env.service.delete_upload(&token, id).await.expect("given up");
        let gone = async {
            while env.held().await != (0, 0) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(10), gone).await;
        gone.unwrap_or_else(|_| panic!("hung up after {patience} looks, and the bucket still holds it"));
        let Some(signed) = signed else {
            in_the_middle += u32::from(patience > 0);
            patience += 1;
            continue;
        };
        signed.expect("signed, where the client waits");
        if in_the_middle > 2 {
            return;
        }
        // The busier the machine, the more has come by the time of a look, and the fewer are needed.
        patience = 1;
    }
    panic!("it was never hung up in the middle");
}

async fn u21_u25_what_is_deleted_is_gone(env: TestEnv) {
    let token = token();
    let (reserved, begun) = (ObjectId(random()), ObjectId(random()));
    env.reserve(&token, reserved, &small(reserved)).await.expect("reserved");
    let sent = env.send(&token, begun, &small(begun)).await;
    let committed = env.upload(&token).await;
    assert_eq!(env.held().await, (1, 1));
    for id in [reserved, begun, committed] {
        env.service.delete_upload(&token, id).await.expect("it is deleted");
    }
    assert_eq!(env.held().await, (0, 0));
    assert_eq!(env.state(&token, reserved).await, UploadState::Aborted);
    assert_eq!(env.state(&token, begun).await, UploadState::Aborted);
    assert_eq!(env.state(&token, committed).await, UploadState::Deleted);
    let status = env.service.get_upload(&token, begun).await.expect("it is known");
    assert_eq!(status.reason, Some(AbortReason::Cancelled));
    assert_eq!(
        problem(env.service.complete_upload(&token, begun, sent).await),
        ProblemType::UploadState
    );
}

async fn u25_an_address_leads_nowhere_after_the_commit(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = small(id);
    let sent = env.send(&token, id, &bytes).await;
    let url = env.sign(&token, id, 1, bytes.len() as u64).await.expect("signed");
    let done = env
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("it completes");
    assert_eq!(done.state, UploadState::Committed);
    let mut other = bytes.clone();
    other[200] ^= 1;
    assert_eq!(env.put(&url, other.clone()).await.status(), 404, "after the commit");
    let s3 = env.s3();
    let listed = s3.list_objects_v2().bucket("blobs").send().await.expect("listed");
    let key = listed.contents()[0].key().expect("a key");
    let got = s3
        .get_object()
        .bucket("blobs")
        .key(key)
        .send()
        .await
        .expect("it is there");
    assert!(
        got.body.collect().await.expect("bytes").into_bytes() == bytes,
        "the same bytes"
    );
    env.service.delete_upload(&token, id).await.expect("it is deleted");
    assert_eq!(env.put(&url, other).await.status(), 404, "after the deletion");
    assert_eq!(env.held().await, (0, 0));
}

async fn a_link_takes_no_unfinished_token(env: TestEnv) {
    let (token, auth) = (token(), sealdrop_api::LinkAuth::new(random()));
    let new = support::new_link(&auth, 1, 60);
    assert_eq!(
        problem(env.service.create_link(&token, new.clone()).await),
        ProblemType::UploadsUnfinished
    );
    let id = env.upload(&token).await;
    let (open, dead) = (ObjectId(random()), ObjectId(random()));
    env.reserve(&token, open, &small(open)).await.expect("reserved");
    env.reserve(&token, dead, &small(dead)).await.expect("reserved");
    env.service.delete_upload(&token, dead).await.expect("given up");
    assert_eq!(
        problem(env.service.create_link(&token, new.clone()).await),
        ProblemType::UploadsUnfinished
    );
    env.service.delete_upload(&token, open).await.expect("given up");
    env.service.create_link(&token, new).await.expect("now it is made");
    assert_eq!(
        problem(env.service.delete_upload(&token, id).await),
        ProblemType::UploadState
    );
    assert_eq!(
        problem(env.reserve(&token, ObjectId(random()), &small(id)).await),
        ProblemType::UploadState
    );
}

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
        tokio::spawn(async move { service.reserve_upload(&token, new, client).await })
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
        .reserve_upload(&other, almost, env.client())
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
        .reserve_upload(&piper, new, env.client())
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_is_away_loses_nothing() {
    let env = TestEnv::with(Db::Sqlite, |config| {
        config.complete_wait = std::time::Duration::from_millis(300)
    })
    .await;
    let (token, id): (OwnerToken, _) = (token(), ObjectId(random()));
    let sent = env.send(&token, id, &small(id)).await;
    env.bucket.misbehave(Fault::Down);
    assert!(!env.service.readiness().await.is_ready());
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
