//! Uploads against a real database and a real bucket.

use crate::support::{self, TestEnv, object, part, problem, random, small, token};
use sealdrop_api::{
    ObjectId, ProblemType,
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
        .reserve_upload(&token, None, new.clone(), env.client())
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
            .reserve_upload(&token, None, new, env.client())
            .await
            .expect("again")
            .state,
        UploadState::Committed
    );
}
