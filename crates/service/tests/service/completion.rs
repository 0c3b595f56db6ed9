//! Completions whose answers are lost, late or wrong, and what crashes leave of them.

use sealdrop_api::{
    ObjectId, OwnerToken, ProblemType,
    limits::PART_LEN,
    uploads::{AbortReason, UploadState},
};

use crate::support::{Fault, TestEnv, object, random, small, token};

on_both_databases!(
    u15_a_lost_answer_of_complete_is_found_out,
    u16_an_error_inside_an_answer_of_200_is_one,
    u17_a_complete_that_takes_long_holds_no_request,
    every_crash_of_a_completion_is_finished,
    u13_a_replaced_part_leads_back,
    what_the_bucket_dropped_is_sent_again,
);

async fn u15_a_lost_answer_of_complete_is_found_out(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let sent = env.send(&token, id, &small(id)).await;
    env.bucket.misbehave(Fault::LosesComplete);
    let done = env
        .service
        .complete_upload(&token, id, sent.clone())
        .await
        .expect("the bucket has it");
    // Another attempt of the client's library finds the upload gone; the object is there.
    assert!(
        matches!(done.state, UploadState::Committed | UploadState::Completing),
        "{done:?}"
    );
    env.bucket.misbehave(Fault::None);
    let mut state = done.state;
    for _ in 0..100 {
        if state == UploadState::Committed {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        state = env
            .service
            .complete_upload(&token, id, sent.clone())
            .await
            .expect("it goes on")
            .state;
    }
    assert_eq!(state, UploadState::Committed);
    assert_eq!(env.held().await, (1, 0));
}

async fn committed(env: &TestEnv, token: &sealdrop_api::OwnerToken, id: ObjectId) {
    for _ in 0..300 {
        if env.state(token, id).await == UploadState::Committed {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it never came to its end");
}

async fn u16_an_error_inside_an_answer_of_200_is_one(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let sent = env.send(&token, id, &small(id)).await;
    env.bucket.misbehave(Fault::ErrorInsideComplete);
    let (service, auth) = (env.service.clone(), token.clone());
    let waiting = tokio::spawn(async move { service.complete_upload(&auth, id, sent).await });
    begun(&env, &token, id).await;
    assert!(!waiting.is_finished(), "it is not taken for done");
    // The library behind it gives up after three; what it makes of them then is what counts.
    for _ in 0..200 {
        if env.bucket.refused() > 3 {
            break;
        }
        assert_eq!(env.state(&token, id).await, UploadState::Completing);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(env.bucket.refused() > 3, "it is asked for again");
    assert_eq!(env.state(&token, id).await, UploadState::Completing);
    assert_eq!(env.bucket.completes(), 0, "nothing was put together");
    env.bucket.misbehave(Fault::None);
    committed(&env, &token, id).await;
    assert!(env.bucket.completes() > 0, "it was asked again");
}

async fn u17_a_complete_that_takes_long_holds_no_request(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let sent = env.send(&token, id, &small(id)).await;
    env.bucket.misbehave(Fault::SlowComplete);
    let answer = env
        .service
        .complete_upload(&token, id, sent.clone())
        .await
        .expect("it goes on");
    assert_eq!(
        answer.state,
        UploadState::Completing,
        "the client is sent away, and asks later"
    );
    committed(&env, &token, id).await;
    assert_eq!(env.bucket.completes(), 1, "and no request to the bucket was given up");
}

/// Waits until the completion is written down as begun.
async fn begun(env: &TestEnv, token: &OwnerToken, id: ObjectId) {
    for _ in 0..1_000 {
        if env.state(token, id).await == UploadState::Completing {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it never began");
}

/// The rows and the bucket are put where a crash would leave them; the reaper of a new process finishes each.
async fn every_crash_of_a_completion_is_finished(env: TestEnv) {
    let token = token();
    let key = |id: ObjectId| format!("object_id = {}", env.literal(&id.0));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = ObjectId(random());
        let sent = env.send(&token, id, &small(id)).await;
        ids.push((id, sent));
    }
    // Every one came as far as the intent: Complete does not happen.
    env.bucket.misbehave(Fault::RefusesComplete);
    for (id, sent) in &ids {
        let (service, auth, id, sent) = (env.service.clone(), token.clone(), *id, sent.clone());
        let waiting = tokio::spawn(async move { service.complete_upload(&auth, id, sent).await });
        begun(&env, &token, id).await;
        // The client hangs up.
        waiting.abort();
    }
    let [(intent, _), (sent_off, _), (verifying, _)] = ids.as_slice() else {
        panic!("three uploads")
    };
    // The process dies; a new one comes up. Two of them had been put together by the bucket, one of those was noted. Tasks
    // of the first go on in this test, so the bucket refuses them until the stage is set.
    let restarted = env.another().await;
    for id in [sent_off, verifying] {
        env.complete_by_hand(*id).await;
    }
    env.sql(&format!(
        "UPDATE uploads SET state = 'verifying' WHERE {}",
        key(*verifying)
    ))
    .await;
    assert_eq!(
        restarted.reap().await.expect("a pass").uploads_resumed,
        0,
        "who began is given time"
    );
    env.advance(61);
    env.bucket.misbehave(Fault::None);
    let reaped = restarted.reap().await.expect("a pass");
    assert!(reaped.uploads_resumed > 0 && reaped.failed == 0, "{reaped:?}");
    for id in [intent, sent_off, verifying] {
        assert_eq!(env.state(&token, *id).await, UploadState::Committed);
    }
    assert_eq!(env.held().await, (3, 0));
    // Neither parts nor object: said, not hidden.
    let lost = ObjectId(random());
    env.send(&token, lost, &small(lost)).await;
    let len = small(lost).len();
    env.sql(&format!(
        "UPDATE uploads SET state = 'completing', sealed_len = {len}, upload_id = NULL WHERE {}",
        key(lost)
    ))
    .await;
    // Another server's Complete may take ten minutes.
    env.advance(600);
    restarted.reap().await.expect("a pass");
    assert_eq!(env.state(&token, lost).await, UploadState::Completing);
    env.advance(301);
    // The first one pauses between two tries.
    env.another().await.reap().await.expect("a pass");
    let status = env.service.get_upload(&token, lost).await.expect("it is known");
    assert_eq!(
        (status.state, status.reason),
        (UploadState::Aborted, Some(AbortReason::Refused))
    );
}

async fn u13_a_replaced_part_leads_back(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = small(id);
    let sent = env.send(&token, id, &bytes).await;
    let url = env.sign(&token, id, 1, bytes.len() as u64).await.expect("signed");
    env.bucket.misbehave(Fault::RefusesComplete);
    let service = env.another().await;
    let (again, auth) = (sent.clone(), token.clone());
    let running = tokio::spawn(async move { service.complete_upload(&auth, id, again).await });
    begun(&env, &token, id).await;
    // A URL of before is still good, and another attempt's bytes land.
    let mut other = bytes.clone();
    other[200] ^= 1;
    assert!(env.put(&url, other).await.status().is_success());
    env.bucket.misbehave(Fault::None);
    let differs = running
        .await
        .expect("no panic")
        .expect_err("they differ")
        .into_problem();
    assert_eq!(differs.kind, ProblemType::PartsDiffer);
    assert_eq!(differs.parts.len(), 1);
    env.send_part(&token, id, 1, &bytes).await;
    let done = env
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("now they agree");
    assert_eq!(done.state, UploadState::Committed);
}

async fn what_the_bucket_dropped_is_sent_again(env: TestEnv) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, PART_LEN);
    let sent = env.send(&token, id, &bytes).await;
    let s3 = env.s3();
    let listed = s3
        .list_multipart_uploads()
        .bucket("blobs")
        .send()
        .await
        .expect("listed");
    let upload = &listed.uploads()[0];
    s3.abort_multipart_upload()
        .bucket("blobs")
        .set_key(upload.key.clone())
        .set_upload_id(upload.upload_id.clone())
        .send()
        .await
        .expect("dropped");
    let differs = env
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect_err("all gone")
        .into_problem();
    assert_eq!((differs.kind, differs.parts.len()), (ProblemType::PartsDiffer, 2));
    assert_eq!(env.service.list_parts(&token, id, 0).await.expect("listed").parts, []);
    let sent = env.send_parts(&token, id, &bytes).await;
    let done = env
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("it completes");
    assert_eq!(done.state, UploadState::Committed);
}
