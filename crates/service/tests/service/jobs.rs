//! The reaper with a clock that moves, and what crashes leave behind.

use sealdrop_api::{
    LinkAuth, ObjectId, ProblemType,
    limits::PART_LEN,
    links::LinkState,
    uploads::{AbortReason, UploadState},
};
use sealdrop_service::Reaped;
use tokio_util::sync::CancellationToken;

use crate::support::{Fault, Rig, new_link, object, problem, random, small, token};

on_both_databases!(
    idle_uploads_are_given_up,
    a_lively_token_keeps_its_objects,
    ended_links_are_told_and_then_forgotten,
    orphans_in_the_bucket_are_aborted,
    a_lost_answer_of_complete_is_found_out,
    every_crash_of_a_completion_is_finished,
    a_replaced_part_leads_back,
    what_the_bucket_dropped_is_sent_again,
    interrupted_removals_are_made_up,
    the_loop_runs_and_stops,
);

const DAY: u64 = 24 * 3600;

async fn reap(rig: &Rig) -> Reaped {
    rig.service.reap().await.expect("a pass")
}

async fn idle_uploads_are_given_up(rig: Rig) {
    let (one, two, three) = (token(), token(), token());
    let (reserved, begun) = (ObjectId(random()), ObjectId(random()));
    rig.reserve(&one, reserved, &small(reserved)).await.expect("reserved");
    rig.send(&two, begun, &small(begun)).await;
    let committed = rig.upload(&three).await;
    rig.advance(3 * DAY - 60);
    assert_eq!(reap(&rig).await, Reaped::default());
    rig.advance(120);
    let reaped = reap(&rig).await;
    assert_eq!((reaped.uploads_expired, reaped.objects_unlinked), (2, 1), "{reaped:?}");
    assert_eq!(
        (reaped.uploads_aborted, reaped.objects_deleted, reaped.failed),
        (2, 1, 0),
        "{reaped:?}"
    );
    assert_eq!(rig.held().await, (0, 0));
    for (token, id) in [(&one, reserved), (&two, begun)] {
        let status = rig.service.get_upload(token, id).await.expect("it is known");
        assert_eq!(
            (status.state, status.reason),
            (UploadState::Aborted, Some(AbortReason::Expired))
        );
    }
    assert_eq!(rig.state(&three, committed).await, UploadState::Deleted);
    assert_eq!(reap(&rig).await, Reaped::default());
}

async fn a_lively_token_keeps_its_objects(rig: Rig) {
    let (token, auth) = (token(), LinkAuth::new(random()));
    let first = rig.upload(&token).await;
    rig.advance(2 * DAY);
    let second = ObjectId(random());
    let sent = rig.send(&token, second, &small(second)).await;
    rig.advance(2 * DAY);
    assert_eq!(
        reap(&rig).await,
        Reaped::default(),
        "the first object waits for the last"
    );
    rig.service
        .complete_upload(&token, second, sent)
        .await
        .expect("committed");
    let new = new_link(&auth, 1, 20 * DAY);
    rig.service.create_link(&token, new).await.expect("made");
    rig.advance(10 * DAY);
    assert_eq!(
        reap(&rig).await,
        Reaped::default(),
        "what a link has stays as long as the link"
    );
    assert_eq!(rig.state(&token, first).await, UploadState::Committed);
}

async fn ended_links_are_told_and_then_forgotten(rig: Rig) {
    let (expired, exhausted) = (rig.link_for(1, 3600).await, rig.link_for(1, 3600).await);
    let claim = rig.claim(&exhausted).await.expect("a place");
    rig.commit(&exhausted, claim).await.expect("counted");
    assert_eq!(reap(&rig).await, Reaped::default(), "the claim may still read");
    rig.advance(3601);
    let open = |link: &crate::support::TestLink| {
        let (service, id, auth, origin) = (rig.service.clone(), link.id, link.auth.clone(), rig.origin.clone());
        async move { service.open_link(id, &auth, &origin).await }
    };
    // Before the reaper comes by, and after.
    for _ in 0..2 {
        let told = open(&expired).await.expect_err("over").into_problem();
        assert_eq!(
            (told.kind, told.ended_at),
            (ProblemType::LinkExpired, Some(expired.created.expires_at))
        );
        reap(&rig).await;
    }
    assert_eq!(problem(open(&exhausted).await), ProblemType::LinkExhausted);
    assert_eq!(rig.held().await, (1, 0));
    rig.advance(DAY);
    let reaped = reap(&rig).await;
    assert_eq!((reaped.links_swept, reaped.objects_deleted), (1, 1), "{reaped:?}");
    rig.advance(28 * DAY);
    assert_eq!(problem(open(&expired).await), ProblemType::LinkExpired);
    let status = rig
        .service
        .get_link(&expired.token, expired.id)
        .await
        .expect("the owner looks");
    assert_eq!(status.state, LinkState::Expired);
    rig.advance(2 * DAY);
    assert_eq!(reap(&rig).await.tombstones_dropped, 2);
    for link in [&expired, &exhausted] {
        assert_eq!(problem(open(link).await), ProblemType::LinkNotFound);
        assert_eq!(
            problem(rig.service.get_link(&link.token, link.id).await),
            ProblemType::LinkNotFound
        );
    }
    // The id stays used.
    let (token, auth) = (token(), LinkAuth::new(random()));
    rig.upload(&token).await;
    let mut new = new_link(&auth, 1, 60);
    new.link_id = expired.id;
    assert_eq!(
        problem(rig.service.create_link(&token, new).await),
        ProblemType::LinkExists
    );
}

async fn orphans_in_the_bucket_are_aborted(rig: Rig) {
    let (token, id) = (token(), ObjectId(random()));
    rig.send(&token, id, &small(id)).await;
    // As after a crash between the bucket's answer and the books.
    let s3 = rig.s3();
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
        reap(&rig).await.orphans_aborted,
        0,
        "the books have an hour to learn of it"
    );
    rig.advance(3700);
    assert_eq!(reap(&rig).await.orphans_aborted, 2);
    assert_eq!(rig.held().await, (0, 1), "what is being sent stays");
    assert_eq!(rig.state(&token, id).await, UploadState::Uploading);
}

async fn a_lost_answer_of_complete_is_found_out(rig: Rig) {
    let (token, id) = (token(), ObjectId(random()));
    let sent = rig.send(&token, id, &small(id)).await;
    rig.bucket.misbehave(Fault::LosesComplete);
    let done = rig
        .service
        .complete_upload(&token, id, sent.clone())
        .await
        .expect("the bucket has it");
    // Another attempt of the client's library finds the upload gone; the object is there.
    assert!(
        matches!(done.state, UploadState::Committed | UploadState::Completing),
        "{done:?}"
    );
    rig.bucket.misbehave(Fault::None);
    let mut state = done.state;
    for _ in 0..100 {
        if state == UploadState::Committed {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        state = rig
            .service
            .complete_upload(&token, id, sent.clone())
            .await
            .expect("it goes on")
            .state;
    }
    assert_eq!(state, UploadState::Committed);
    assert_eq!(rig.held().await, (1, 0));
}

/// The rows and the bucket are put where a crash would leave them; the reaper of a new process finishes each.
async fn every_crash_of_a_completion_is_finished(rig: Rig) {
    let token = token();
    let key = |id: ObjectId| format!("object_id = {}", rig.literal(&id.0));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = ObjectId(random());
        let sent = rig.send(&token, id, &small(id)).await;
        ids.push((id, sent));
    }
    // Every one came as far as the intent: Complete does not happen.
    rig.bucket.misbehave(Fault::RefusesComplete);
    for (id, sent) in &ids {
        let waiting = tokio::time::timeout(
            std::time::Duration::from_millis(700),
            rig.service.complete_upload(&token, *id, sent.clone()),
        );
        // The client hangs up.
        assert!(waiting.await.is_err());
        assert_eq!(rig.state(&token, *id).await, UploadState::Completing);
    }
    let [(intent, _), (sent_off, _), (verifying, _)] = ids.as_slice() else {
        panic!("three uploads")
    };
    // The process dies; a new one comes up. Two of them had been put together by the bucket, one of those was noted.
    let restarted = rig.another().await;
    rig.bucket.misbehave(Fault::None);
    for id in [sent_off, verifying] {
        rig.complete_by_hand(*id).await;
    }
    rig.sql(&format!(
        "UPDATE uploads SET state = 'verifying' WHERE {}",
        key(*verifying)
    ))
    .await;
    assert_eq!(
        restarted.reap().await.expect("a pass").uploads_resumed,
        0,
        "who began is given time"
    );
    rig.advance(61);
    let reaped = restarted.reap().await.expect("a pass");
    assert!(reaped.uploads_resumed > 0 && reaped.failed == 0, "{reaped:?}");
    for id in [intent, sent_off, verifying] {
        assert_eq!(rig.state(&token, *id).await, UploadState::Committed);
    }
    assert_eq!(rig.held().await, (3, 0));
    // Neither parts nor object: said, not hidden.
    let lost = ObjectId(random());
    rig.send(&token, lost, &small(lost)).await;
    let len = small(lost).len();
    rig.sql(&format!(
        "UPDATE uploads SET state = 'completing', sealed_len = {len}, upload_id = NULL WHERE {}",
        key(lost)
    ))
    .await;
    rig.advance(61);
    restarted.reap().await.expect("a pass");
    let status = rig.service.get_upload(&token, lost).await.expect("it is known");
    assert_eq!(
        (status.state, status.reason),
        (UploadState::Aborted, Some(AbortReason::Refused))
    );
}

async fn a_replaced_part_leads_back(rig: Rig) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = small(id);
    let sent = rig.send(&token, id, &bytes).await;
    let url = rig.sign(&token, id, 1, bytes.len() as u64).await.expect("signed");
    rig.bucket.misbehave(Fault::RefusesComplete);
    let service = rig.another().await;
    let (again, auth) = (sent.clone(), token.clone());
    let running = tokio::spawn(async move { service.complete_upload(&auth, id, again).await });
    while rig.state(&token, id).await != UploadState::Completing {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // A URL of before is still good, and another attempt's bytes land.
    let mut other = bytes.clone();
    other[200] ^= 1;
    assert!(rig.put(&url, other).await.status().is_success());
    rig.bucket.misbehave(Fault::None);
    let differs = running
        .await
        .expect("no panic")
        .expect_err("they differ")
        .into_problem();
    assert_eq!(differs.kind, ProblemType::PartsDiffer);
    assert_eq!(differs.parts.len(), 1);
    rig.send_part(&token, id, 1, &bytes).await;
    let done = rig
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("now they agree");
    assert_eq!(done.state, UploadState::Committed);
}

async fn what_the_bucket_dropped_is_sent_again(rig: Rig) {
    let (token, id) = (token(), ObjectId(random()));
    let bytes = object(id, PART_LEN);
    let sent = rig.send(&token, id, &bytes).await;
    let s3 = rig.s3();
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
    let differs = rig
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect_err("all gone")
        .into_problem();
    assert_eq!((differs.kind, differs.parts.len()), (ProblemType::PartsDiffer, 2));
    assert_eq!(rig.service.list_parts(&token, id, 0).await.expect("listed").parts, []);
    let sent = rig.send_parts(&token, id, &bytes).await;
    let done = rig
        .service
        .complete_upload(&token, id, sent)
        .await
        .expect("it completes");
    assert_eq!(done.state, UploadState::Committed);
}

async fn interrupted_removals_are_made_up(rig: Rig) {
    let token = token();
    let begun = ObjectId(random());
    rig.send(&token, begun, &small(begun)).await;
    let committed = rig.upload(&token).await;
    rig.bucket.misbehave(Fault::Down);
    for id in [begun, committed] {
        rig.service
            .delete_upload(&token, id)
            .await
            .expect("the intent is enough");
    }
    assert_eq!(rig.state(&token, begun).await, UploadState::Aborting);
    assert_eq!(rig.state(&token, committed).await, UploadState::Deleting);
    assert!(reap(&rig).await.failed >= 2);
    rig.bucket.misbehave(Fault::None);
    let reaped = reap(&rig).await;
    assert_eq!(
        (reaped.uploads_aborted, reaped.objects_deleted, reaped.failed),
        (1, 1, 0)
    );
    assert_eq!(rig.held().await, (0, 0));
}

async fn the_loop_runs_and_stops(rig: Rig) {
    let link = rig.link(1).await;
    let stop = CancellationToken::new();
    let jobs = tokio::spawn(rig.service.clone().run_jobs(stop.clone()));
    rig.service.revoke_link(&link.token, link.id).await.expect("closed");
    // Woken by the revocation, long before its minute.
    for _ in 0..200 {
        if rig.held().await == (0, 0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(rig.held().await, (0, 0));
    stop.cancel();
    jobs.await.expect("it ends when told to");
}
