//! Claims: places on a link under every kind of race and delay.

use std::time::Duration;

use sealdrop_api::{
    ObjectId, ProblemType,
    claims::{ClaimState, NewClaim, ObjectsToSign, Purpose, ReleaseReason},
};

use crate::support::{TestEnv, claim_id, problem, random, release};

on_both_databases!(
    d15_a_download_counts_once,
    d15_a_place_lapses_and_is_taken_again,
    d15_a_download_longer_than_a_claim_takes_its_place_anew,
    d15_a_place_is_given_back,
    d15_a_page_that_is_left_may_come_back,
    d15_who_waits_is_told_how_long,
    d15_who_gives_back_too_often_pays,
    d15_who_paid_and_verifies_late_did_not_fail,
    d13_a_look_takes_no_place,
    d13_looks_that_are_over_stop_nobody,
    a_claim_outlives_its_link,
    only_the_links_objects_are_signed,
);

pub(crate) const LEASE: u64 = 600;
const RESUME: u64 = 24 * 3600;

async fn d15_a_download_counts_once(env: TestEnv) {
    let link = env.link(2).await;
    let claim = env.claim(&link).await.expect("a place");
    assert_eq!(
        env.claim_as(&link, claim).await.expect("the same place").state,
        ClaimState::Active
    );
    let signed = env.sign_object(&link, claim).await.expect("signed");
    let got = env.get(&signed.urls[0].url).await;
    assert_eq!(got.status(), 200);
    assert_eq!(got.bytes().await.expect("bytes").len(), 65_536);
    for _ in 0..3 {
        assert_eq!(
            env.commit(&link, claim).await.expect("committed"),
            ClaimState::Committed
        );
    }
    assert_eq!(env.counts(&link).await, (0, 1, 0));
    // The same claim reads on for a day, uncounted, also when the link's hour is over.
    env.advance(RESUME - 10);
    env.sign_object(&link, claim).await.expect("it reads on");
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkExpired);
    env.advance(11);
    assert_eq!(problem(env.sign_object(&link, claim).await), ProblemType::ClaimEnded);
}

async fn d15_a_place_lapses_and_is_taken_again(env: TestEnv) {
    let link = env.link_for(1, 3 * 24 * 3600).await;
    let first = env.claim(&link).await.expect("a place");
    env.advance(LEASE - 60);
    let until = env.sign_object(&link, first).await.expect("a sign of life").lease_until;
    env.advance(LEASE - 60);
    assert_eq!(
        problem(env.claim(&link).await),
        ProblemType::LinkBusy,
        "renewed until {until}"
    );
    env.advance(120);
    let second = env.claim(&link).await.expect("the first lapsed");
    assert_eq!(env.counts(&link).await, (1, 0, 1));
    assert_eq!(problem(env.sign_object(&link, first).await), ProblemType::LinkBusy);
    assert_eq!(problem(env.commit(&link, first).await), ProblemType::LinkBusy);
    env.release(&link, second).await.expect("given back");
    env.sign_object(&link, first)
        .await
        .expect("a place is free: it goes on");
    assert_eq!(env.counts(&link).await, (1, 0, 1));
    // Lapsed, closed by the reaper, and verified after all.
    env.advance(LEASE + 5);
    assert_eq!(env.service.reap().await.expect("a pass").claims_lapsed, 1);
    assert_eq!(env.counts(&link).await, (0, 0, 2));
    assert_eq!(env.commit(&link, first).await.expect("counted"), ClaimState::Committed);
    assert_eq!(env.counts(&link).await, (0, 1, 1));
    // 24 hours after it was made, it is over.
    env.advance(RESUME);
    assert_eq!(problem(env.sign_object(&link, first).await), ProblemType::ClaimEnded);
}

async fn d15_a_download_longer_than_a_claim_takes_its_place_anew(env: TestEnv) {
    let link = env.link_for(1, 3 * 24 * 3600).await;
    let first = env.claim(&link).await.expect("a place");
    for _ in 1..RESUME / (LEASE - 60) {
        env.advance(LEASE - 60);
        env.sign_object(&link, first).await.expect("a sign of life");
    }
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkBusy);
    env.advance(LEASE - 60);
    assert_eq!(problem(env.sign_object(&link, first).await), ProblemType::ClaimEnded);
    // It is one of the failed, within their bounds, and blocks no other.
    let second = env.claim(&link).await.expect("the place is free");
    assert_eq!(env.counts(&link).await, (1, 0, 1));
    env.commit(&link, second).await.expect("counted");
    assert_eq!(env.counts(&link).await, (0, 1, 1));
}

async fn d15_a_place_is_given_back(env: TestEnv) {
    let link = env.link(1).await;
    let claim = env.claim(&link).await.expect("a place");
    for _ in 0..2 {
        assert_eq!(
            env.release(&link, claim).await.expect("given back"),
            ClaimState::Released
        );
    }
    assert_eq!(env.counts(&link).await, (0, 0, 1));
    assert_eq!(problem(env.claim_as(&link, claim).await), ProblemType::ClaimEnded);
    assert_eq!(problem(env.commit(&link, claim).await), ProblemType::ClaimEnded);
    assert_eq!(problem(env.sign_object(&link, claim).await), ProblemType::ClaimEnded);
    assert_eq!(problem(env.commit(&link, claim_id()).await), ProblemType::ClaimNotFound);
    let next = env.claim(&link).await.expect("the place is free");
    env.commit(&link, next).await.expect("counted");
    assert_eq!(env.release(&link, next).await.expect("too late"), ClaimState::Committed);
    assert_eq!(env.counts(&link).await, (0, 1, 1));
}

async fn d15_a_page_that_is_left_may_come_back(env: TestEnv) {
    let link = env.link(1).await;
    let claim = env.claim(&link).await.expect("a place");
    for _ in 0..2 {
        assert_eq!(
            env.leave(&link, claim).await.expect("free immediately"),
            ClaimState::Lapsed
        );
    }
    assert_eq!(env.counts(&link).await, (0, 0, 1));
    let other = env.claim(&link).await.expect("the place is free");
    assert_eq!(problem(env.claim_as(&link, claim).await), ProblemType::LinkBusy);
    env.release(&link, other).await.expect("given back");
    // The same claim goes on, and did not fail.
    assert_eq!(
        env.claim_as(&link, claim).await.expect("the same place").state,
        ClaimState::Active
    );
    assert_eq!(env.counts(&link).await, (1, 0, 1));
    env.commit(&link, claim).await.expect("counted");
    assert_eq!(env.leave(&link, claim).await.expect("too late"), ClaimState::Committed);
    assert_eq!(env.counts(&link).await, (0, 1, 1));
}

async fn d15_who_waits_is_told_how_long(env: TestEnv) {
    let link = env.link(2).await;
    env.claim(&link).await.expect("a place");
    env.advance(60);
    env.claim(&link).await.expect("the other one");
    env.advance(60);
    let busy = env.claim(&link).await.expect_err("both are leased");
    // The clock runs beside the jumps: what the first one has left, less what this test took.
    let told = busy.retry_after().expect("a wait").as_secs_f64();
    let left = (LEASE - 120) as f64;
    assert!(
        told <= left && told > left - 60.0,
        "{told} s of the first one's {left} s"
    );
}

/// 10 + 3·1 free ones; the next is the download.
async fn d15_who_gives_back_too_often_pays(env: TestEnv) {
    let link = env.link_for(1, 24 * 3600).await;
    for n in 0..13 {
        let claim = env
            .claim(&link)
            .await
            .unwrap_or_else(|error| panic!("claim {n}: {error}"));
        if n % 2 == 0 {
            env.release(&link, claim).await.expect("given back");
        } else {
            env.advance(LEASE + 1);
        }
    }
    let last = env.claim(&link).await.expect("still one");
    assert_eq!(env.counts(&link).await, (1, 0, 13));
    env.advance(LEASE + 1);
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkExhausted);
    assert_eq!(env.counts(&link).await, (0, 1, 14));
    // It has paid: it may finish what it reads.
    env.sign_object(&link, last).await.expect("it goes on");
    assert_eq!(env.commit(&link, last).await.expect("and ends"), ClaimState::Committed);
    assert_eq!(env.counts(&link).await, (0, 1, 13));
}

/// The same when nothing was read in between: it lapsed, paid, and was verified after all. That is no failure.
async fn d15_who_paid_and_verifies_late_did_not_fail(env: TestEnv) {
    let link = env.link_for(1, 24 * 3600).await;
    for _ in 0..13 {
        let claim = env.claim(&link).await.expect("a place");
        env.release(&link, claim).await.expect("given back");
    }
    let last = env.claim(&link).await.expect("still one");
    env.advance(LEASE + 1);
    env.service.reap().await.expect("a pass");
    assert_eq!(env.counts(&link).await, (0, 1, 14));
    for _ in 0..2 {
        assert_eq!(env.commit(&link, last).await.expect("counted"), ClaimState::Committed);
        assert_eq!(env.counts(&link).await, (0, 1, 13));
    }
}

async fn d13_a_look_takes_no_place(env: TestEnv) {
    let link = env.link(1).await;
    let look = NewClaim {
        auth: link.auth.clone(),
        claim_id: claim_id(),
        purpose: Purpose::Preview,
    };
    env.service.create_claim(link.id, look.clone()).await.expect("a look");
    env.claim(&link).await.expect("the place is free");
    env.service
        .create_claim(
            link.id,
            NewClaim {
                claim_id: claim_id(),
                ..look.clone()
            },
        )
        .await
        .expect("also when busy");
    env.sign_object(&link, look.claim_id).await.expect("signed");
    env.commit(&link, look.claim_id).await.expect("seen");
    assert_eq!(env.counts(&link).await, (1, 0, 0));
    let other = NewClaim {
        purpose: Purpose::Download,
        ..look
    };
    assert_eq!(
        problem(env.service.create_claim(link.id, other).await),
        ProblemType::ClaimEnded
    );
}

/// As many looks as a link may have at a time: downloads go on meanwhile, and looks when those are over.
async fn d13_looks_that_are_over_stop_nobody(env: TestEnv) {
    let link = env.link_for(2, 3 * RESUME).await;
    let look = || NewClaim {
        auth: link.auth.clone(),
        claim_id: claim_id(),
        purpose: Purpose::Preview,
    };
    env.service.create_claim(link.id, look()).await.expect("the first look");
    let random_id = if env.config.database.url.starts_with("sqlite") {
        "randomblob(16)"
    } else {
        "decode(md5(n::text), 'hex')"
    };
    env.sql(&format!(
        "INSERT INTO claims (link_id, claim_id, purpose, state, counted, created_at, lease_until, resume_until) \
         WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 20000) \
         SELECT link_id, {random_id}, purpose, 'released', counted, created_at, lease_until, resume_until \
         FROM claims, many WHERE purpose = 'preview'"
    ))
    .await;
    let refused = env.service.create_claim(link.id, look()).await;
    assert_eq!(problem(refused), ProblemType::TooManyRequests);
    env.claim(&link).await.expect("a download has its own bound");
    env.advance(RESUME);
    env.service.create_claim(link.id, look()).await.expect("those are over");
    env.claim(&link).await.expect("and a download");
}

async fn a_claim_outlives_its_link(env: TestEnv) {
    let link = env.link_for(2, 900).await;
    let (reading, lapsed) = (
        env.claim(&link).await.expect("a place"),
        env.claim(&link).await.expect("a place"),
    );
    env.advance(590);
    env.sign_object(&link, reading).await.expect("a sign of life");
    env.advance(311);
    let reaped = env.service.reap().await.expect("a pass");
    assert_eq!(
        (reaped.links_expired, reaped.claims_lapsed, reaped.links_swept),
        (1, 1, 0),
        "{reaped:?}"
    );
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkExpired);
    env.sign_object(&link, reading).await.expect("it reads on");
    assert_eq!(problem(env.sign_object(&link, lapsed).await), ProblemType::LinkExpired);
    assert_eq!(
        env.commit(&link, reading).await.expect("counted"),
        ClaimState::Committed
    );
    assert_eq!(env.held().await, (1, 0), "its object stays");
    env.clock.advance(Duration::from_secs(RESUME));
    let reaped = env.service.reap().await.expect("a pass");
    assert_eq!((reaped.links_swept, reaped.objects_deleted), (1, 1));
    assert_eq!(env.held().await, (0, 0));
}

async fn only_the_links_objects_are_signed(env: TestEnv) {
    let (link, other) = (env.link(1).await, env.link(1).await);
    let claim = env.claim(&link).await.expect("a place");
    let sign = |objects| {
        let objects = ObjectsToSign {
            auth: link.auth.clone(),
            objects,
        };
        env.service.sign_objects(link.id, claim, objects, &env.origin)
    };
    for wrong in [
        vec![],
        vec![other.object],
        vec![link.object, ObjectId(random())],
        vec![link.object; 17],
    ] {
        assert_eq!(problem(sign(wrong).await), ProblemType::InvalidRequest);
    }
    assert_eq!(sign(vec![link.object; 16]).await.expect("signed").urls.len(), 16);
    // A claim of one link is none of another.
    let objects = ObjectsToSign {
        auth: other.auth.clone(),
        objects: vec![other.object],
    };
    let crossed = env.service.sign_objects(other.id, claim, objects, &env.origin).await;
    assert_eq!(problem(crossed), ProblemType::ClaimNotFound);
    let failed = release(&link.auth);
    assert_eq!(failed.reason, ReleaseReason::Failed);
}
