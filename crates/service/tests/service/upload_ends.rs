//! How uploads end: committed once, deleted, abandoned.

use core::{future::poll_fn, task::Poll, time::Duration};

use sealdrop_api::{
    ObjectId, ProblemType,
    uploads::{AbortReason, UploadState},
};

use crate::support::{self, TestEnv, problem, random, small, token};

on_both_databases!(
    u18_fifty_completes_make_one_commit,
    u20_a_client_that_hangs_up_leaves_nothing,
    u21_u25_what_is_deleted_is_gone,
    u25_an_address_leads_nowhere_after_the_commit,
    a_link_takes_no_unfinished_token,
);

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
        problem(env.service.create_link(&token, None, new.clone()).await),
        ProblemType::UploadsUnfinished
    );
    let id = env.upload(&token).await;
    let (open, dead) = (ObjectId(random()), ObjectId(random()));
    env.reserve(&token, open, &small(open)).await.expect("reserved");
    env.reserve(&token, dead, &small(dead)).await.expect("reserved");
    env.service.delete_upload(&token, dead).await.expect("given up");
    assert_eq!(
        problem(env.service.create_link(&token, None, new.clone()).await),
        ProblemType::UploadsUnfinished
    );
    env.service.delete_upload(&token, open).await.expect("given up");
    env.service
        .create_link(&token, None, new)
        .await
        .expect("now it is made");
    assert_eq!(
        problem(env.service.delete_upload(&token, id).await),
        ProblemType::UploadState
    );
    assert_eq!(
        problem(env.reserve(&token, ObjectId(random()), &small(id)).await),
        ProblemType::UploadState
    );
}
