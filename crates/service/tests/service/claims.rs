//! Claims: places on a link under every kind of race and delay.

use std::time::Duration;

use sealdrop_api::{
    ClaimId, ObjectId, ProblemType,
    claims::{ClaimState, NewClaim, ObjectsToSign, Purpose, ReleaseReason},
    links::LinkState,
};

use crate::support::{Rig, claim_id, problem, random, release};

on_both_databases!(
    d15_a_download_counts_once,
    d14_a_hundred_race_for_one_place,
    d14_a_hundred_race_for_three_places,
    d14_a_hundred_race_for_ten_places,
    d14_racers_who_fail_and_come_back,
    d15_a_place_lapses_and_is_taken_again,
    d15_a_download_longer_than_a_claim_takes_its_place_anew,
    d15_a_place_is_given_back,
    d15_a_page_that_is_left_may_come_back,
    d15_who_waits_is_told_how_long,
    d15_who_gives_back_too_often_pays,
    d15_who_paid_and_verifies_late_did_not_fail,
    d14_late_commits_race_with_new_claims,
    d13_a_look_takes_no_place,
    d13_looks_that_are_over_stop_nobody,
    a_claim_outlives_its_link,
    only_the_links_objects_are_signed,
);

const LEASE: u64 = 600;
const RESUME: u64 = 24 * 3600;

async fn d15_a_download_counts_once(rig: Rig) {
    let link = rig.link(2).await;
    let claim = rig.claim(&link).await.expect("a place");
    assert_eq!(
        rig.claim_as(&link, claim).await.expect("the same place").state,
        ClaimState::Active
    );
    let signed = rig.sign_object(&link, claim).await.expect("signed");
    let got = rig.get(&signed.urls[0].url).await;
    assert_eq!(got.status(), 200);
    assert_eq!(got.bytes().await.expect("bytes").len(), 65_536);
    for _ in 0..3 {
        assert_eq!(
            rig.commit(&link, claim).await.expect("committed"),
            ClaimState::Committed
        );
    }
    assert_eq!(rig.counts(&link).await, (0, 1, 0));
    // The same claim reads on for a day, uncounted, also when the link's hour is over.
    rig.advance(RESUME - 10);
    rig.sign_object(&link, claim).await.expect("it reads on");
    assert_eq!(problem(rig.claim(&link).await), ProblemType::LinkExpired);
    rig.advance(11);
    assert_eq!(problem(rig.sign_object(&link, claim).await), ProblemType::ClaimEnded);
}

async fn race(rig: &Rig, places: u32) {
    let link = rig.link(places).await;
    let (one, two) = (rig.service.clone(), rig.another().await);
    let racers = (0..100).map(|n| {
        let service = if n % 2 == 0 { one.clone() } else { two.clone() };
        let (id, auth, claim) = (link.id, link.auth.clone(), claim_id());
        tokio::spawn(async move {
            let new = NewClaim {
                auth: auth.clone(),
                claim_id: claim,
                purpose: Purpose::Download,
            };
            service.create_claim(id, new).await.map(|_| claim)
        })
    });
    let results: Vec<_> = futures::future::join_all(racers)
        .await
        .into_iter()
        .map(|racer| racer.expect("no panic"))
        .collect();
    let winners: Vec<ClaimId> = results
        .iter()
        .filter_map(|result| result.as_ref().ok().copied())
        .collect();
    assert_eq!(winners.len(), places as usize);
    for loser in results.into_iter().filter(Result::is_err) {
        assert_eq!(problem(loser), ProblemType::LinkBusy);
    }
    assert_eq!(rig.counts(&link).await, (places, 0, 0));
    let commits = winners.iter().flat_map(|claim| [*claim, *claim, *claim]).map(|claim| {
        let (service, id, auth) = (two.clone(), link.id, link.auth.clone());
        tokio::spawn(async move { service.commit_claim(id, claim, &auth).await })
    });
    for commit in futures::future::join_all(commits).await {
        assert_eq!(
            commit.expect("no panic").expect("committed").state,
            ClaimState::Committed
        );
    }
    assert_eq!(rig.counts(&link).await, (0, places, 0));
    assert_eq!(problem(rig.claim(&link).await), ProblemType::LinkExhausted);
    let status = rig
        .service
        .get_link(&link.token, link.id)
        .await
        .expect("the owner looks");
    assert_eq!(status.state, LinkState::Exhausted);
}

async fn d14_a_hundred_race_for_one_place(rig: Rig) {
    race(&rig, 1).await;
}

async fn d14_a_hundred_race_for_three_places(rig: Rig) {
    race(&rig, 3).await;
}

async fn d14_a_hundred_race_for_ten_places(rig: Rig) {
    race(&rig, 10).await;
}

/// Everybody tries until the link is used up; one in ten fails first. A watcher sees the books at every moment.
async fn d14_racers_who_fail_and_come_back(rig: Rig) {
    const PLACES: u32 = 3;
    let link = rig.link(PLACES).await;
    let (one, two) = (rig.service.clone(), rig.another().await);
    let racers = (0..100).map(|n| {
        let service = if n % 2 == 0 { one.clone() } else { two.clone() };
        let (id, auth) = (link.id, link.auth.clone());
        tokio::spawn(async move {
            let mut fails = n % 10 == 0;
            loop {
                let new = NewClaim {
                    auth: auth.clone(),
                    claim_id: claim_id(),
                    purpose: Purpose::Download,
                };
                let claim = new.claim_id;
                match service.create_claim(id, new).await {
                    Ok(_) if fails => {
                        fails = false;
                        service
                            .release_claim(id, claim, release(&auth))
                            .await
                            .expect("given back");
                    }
                    Ok(_) => {
                        service.commit_claim(id, claim, &auth).await.expect("committed");
                        return 1;
                    }
                    Err(error) => match error.into_problem().kind {
                        ProblemType::LinkBusy => tokio::time::sleep(Duration::from_millis(5)).await,
                        ProblemType::LinkExhausted => return 0,
                        other => panic!("{other:?}"),
                    },
                }
            }
        })
    });
    let racing = futures::future::join_all(racers);
    let watching = async {
        loop {
            let (active, used, _) = rig.counts(&link).await;
            assert!(active + used <= PLACES, "{active} active and {used} used of {PLACES}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let commits: u32 = tokio::select! {
        done = racing => done.into_iter().map(|racer| racer.expect("no panic")).sum(),
        () = watching => unreachable!("it watches until the race is over"),
    };
    assert_eq!(commits, PLACES);
    let (active, used, failed) = rig.counts(&link).await;
    assert_eq!((active, used), (0, PLACES));
    assert!(failed <= 10, "{failed} failed");
}

async fn d15_a_place_lapses_and_is_taken_again(rig: Rig) {
    let link = rig.link_for(1, 3 * 24 * 3600).await;
    let first = rig.claim(&link).await.expect("a place");
    rig.advance(LEASE - 60);
    let until = rig.sign_object(&link, first).await.expect("a sign of life").lease_until;
    rig.advance(LEASE - 60);
    assert_eq!(
        problem(rig.claim(&link).await),
        ProblemType::LinkBusy,
        "renewed until {until}"
    );
    rig.advance(120);
    let second = rig.claim(&link).await.expect("the first lapsed");
    assert_eq!(rig.counts(&link).await, (1, 0, 1));
    assert_eq!(problem(rig.sign_object(&link, first).await), ProblemType::LinkBusy);
    assert_eq!(problem(rig.commit(&link, first).await), ProblemType::LinkBusy);
    rig.release(&link, second).await.expect("given back");
    rig.sign_object(&link, first)
        .await
        .expect("a place is free: it goes on");
    assert_eq!(rig.counts(&link).await, (1, 0, 1));
    // Lapsed, closed by the reaper, and verified after all.
    rig.advance(LEASE + 5);
    assert_eq!(rig.service.reap().await.expect("a pass").claims_lapsed, 1);
    assert_eq!(rig.counts(&link).await, (0, 0, 2));
    assert_eq!(rig.commit(&link, first).await.expect("counted"), ClaimState::Committed);
    assert_eq!(rig.counts(&link).await, (0, 1, 1));
    // 24 hours after it was made, it is over.
    rig.advance(RESUME);
    assert_eq!(problem(rig.sign_object(&link, first).await), ProblemType::ClaimEnded);
}

async fn d15_a_download_longer_than_a_claim_takes_its_place_anew(rig: Rig) {
    let link = rig.link_for(1, 3 * 24 * 3600).await;
    let first = rig.claim(&link).await.expect("a place");
    for _ in 1..RESUME / (LEASE - 60) {
        rig.advance(LEASE - 60);
        rig.sign_object(&link, first).await.expect("a sign of life");
    }
    assert_eq!(problem(rig.claim(&link).await), ProblemType::LinkBusy);
    rig.advance(LEASE - 60);
    assert_eq!(problem(rig.sign_object(&link, first).await), ProblemType::ClaimEnded);
    // It is one of the failed, within their bounds, and in nobody's way.
    let second = rig.claim(&link).await.expect("the place is free");
    assert_eq!(rig.counts(&link).await, (1, 0, 1));
    rig.commit(&link, second).await.expect("counted");
    assert_eq!(rig.counts(&link).await, (0, 1, 1));
}

async fn d15_a_place_is_given_back(rig: Rig) {
    let link = rig.link(1).await;
    let claim = rig.claim(&link).await.expect("a place");
    for _ in 0..2 {
        assert_eq!(
            rig.release(&link, claim).await.expect("given back"),
            ClaimState::Released
        );
    }
    assert_eq!(rig.counts(&link).await, (0, 0, 1));
    assert_eq!(problem(rig.claim_as(&link, claim).await), ProblemType::ClaimEnded);
    assert_eq!(problem(rig.commit(&link, claim).await), ProblemType::ClaimEnded);
    assert_eq!(problem(rig.sign_object(&link, claim).await), ProblemType::ClaimEnded);
    assert_eq!(problem(rig.commit(&link, claim_id()).await), ProblemType::ClaimNotFound);
    let next = rig.claim(&link).await.expect("the place is free");
    rig.commit(&link, next).await.expect("counted");
    assert_eq!(rig.release(&link, next).await.expect("too late"), ClaimState::Committed);
    assert_eq!(rig.counts(&link).await, (0, 1, 1));
}

async fn d15_a_page_that_is_left_may_come_back(rig: Rig) {
    let link = rig.link(1).await;
    let claim = rig.claim(&link).await.expect("a place");
    for _ in 0..2 {
        assert_eq!(rig.leave(&link, claim).await.expect("free at once"), ClaimState::Lapsed);
    }
    assert_eq!(rig.counts(&link).await, (0, 0, 1));
    let other = rig.claim(&link).await.expect("the place is free");
    assert_eq!(problem(rig.claim_as(&link, claim).await), ProblemType::LinkBusy);
    rig.release(&link, other).await.expect("given back");
    // The same claim goes on, and did not fail.
    assert_eq!(
        rig.claim_as(&link, claim).await.expect("the same place").state,
        ClaimState::Active
    );
    assert_eq!(rig.counts(&link).await, (1, 0, 1));
    rig.commit(&link, claim).await.expect("counted");
    assert_eq!(rig.leave(&link, claim).await.expect("too late"), ClaimState::Committed);
    assert_eq!(rig.counts(&link).await, (0, 1, 1));
}

async fn d15_who_waits_is_told_how_long(rig: Rig) {
    let link = rig.link(2).await;
    rig.claim(&link).await.expect("a place");
    rig.advance(60);
    rig.claim(&link).await.expect("the other one");
    rig.advance(60);
    let busy = rig.claim(&link).await.expect_err("both are leased");
    // The clock runs beside the jumps: what the first one has left, less what this test took.
    let told = busy.retry_after().expect("a wait").as_secs_f64();
    let left = (LEASE - 120) as f64;
    assert!(
        told <= left && told > left - 60.0,
        "{told} s of the first one's {left} s"
    );
}

/// 10 + 3·1 free ones; the next is the download.
async fn d15_who_gives_back_too_often_pays(rig: Rig) {
    let link = rig.link_for(1, 24 * 3600).await;
    for n in 0..13 {
        let claim = rig
            .claim(&link)
            .await
            .unwrap_or_else(|error| panic!("claim {n}: {error}"));
        if n % 2 == 0 {
            rig.release(&link, claim).await.expect("given back");
        } else {
            rig.advance(LEASE + 1);
        }
    }
    let last = rig.claim(&link).await.expect("still one");
    assert_eq!(rig.counts(&link).await, (1, 0, 13));
    rig.advance(LEASE + 1);
    assert_eq!(problem(rig.claim(&link).await), ProblemType::LinkExhausted);
    assert_eq!(rig.counts(&link).await, (0, 1, 14));
    // It has paid: it may finish what it reads.
    rig.sign_object(&link, last).await.expect("it goes on");
    assert_eq!(rig.commit(&link, last).await.expect("and ends"), ClaimState::Committed);
    assert_eq!(rig.counts(&link).await, (0, 1, 13));
}

/// The same when nothing was read in between: it lapsed, paid, and was verified after all. That is no failure.
async fn d15_who_paid_and_verifies_late_did_not_fail(rig: Rig) {
    let link = rig.link_for(1, 24 * 3600).await;
    for _ in 0..13 {
        let claim = rig.claim(&link).await.expect("a place");
        rig.release(&link, claim).await.expect("given back");
    }
    let last = rig.claim(&link).await.expect("still one");
    rig.advance(LEASE + 1);
    rig.service.reap().await.expect("a pass");
    assert_eq!(rig.counts(&link).await, (0, 1, 14));
    for _ in 0..2 {
        assert_eq!(rig.commit(&link, last).await.expect("counted"), ClaimState::Committed);
        assert_eq!(rig.counts(&link).await, (0, 1, 13));
    }
}

/// Ten lapsed claims that were verified after all, and ninety new ones, race for three places.
async fn d14_late_commits_race_with_new_claims(rig: Rig) {
    const PLACES: u32 = 3;
    let link = rig.link_for(PLACES, 24 * 3600).await;
    let mut late = Vec::new();
    for n in 0..10 {
        late.push(rig.claim(&link).await.expect("a place"));
        if n % 3 == 2 {
            rig.advance(LEASE + 1);
        }
    }
    rig.advance(LEASE + 1);
    rig.service.reap().await.expect("a pass");
    assert_eq!(rig.counts(&link).await, (0, 0, 10));
    let (one, two) = (rig.service.clone(), rig.another().await);
    let racers = (0..100).map(|n| {
        let service = if n % 2 == 0 { one.clone() } else { two.clone() };
        let (id, auth, late) = (link.id, link.auth.clone(), late.get(n).copied());
        tokio::spawn(async move {
            let claim = late.unwrap_or_else(claim_id);
            if late.is_none() {
                let new = NewClaim {
                    auth: auth.clone(),
                    claim_id: claim,
                    purpose: Purpose::Download,
                };
                service
                    .create_claim(id, new)
                    .await
                    .map_err(|error| error.into_problem().kind)?;
            }
            let done = service.commit_claim(id, claim, &auth).await;
            done.map_err(|error| error.into_problem().kind)
        })
    });
    let mut commits = 0;
    for racer in futures::future::join_all(racers).await {
        match racer.expect("no panic") {
            Ok(done) => {
                assert_eq!(done.state, ClaimState::Committed);
                commits += 1;
            }
            Err(kind) => assert!(
                matches!(kind, ProblemType::LinkBusy | ProblemType::LinkExhausted),
                "{kind:?}"
            ),
        }
    }
    assert_eq!(commits, PLACES);
    let (active, used, _) = rig.counts(&link).await;
    assert_eq!((active, used), (0, PLACES));
}

async fn d13_a_look_takes_no_place(rig: Rig) {
    let link = rig.link(1).await;
    let look = NewClaim {
        auth: link.auth.clone(),
        claim_id: claim_id(),
        purpose: Purpose::Preview,
    };
    rig.service.create_claim(link.id, look.clone()).await.expect("a look");
    rig.claim(&link).await.expect("the place is free");
    rig.service
        .create_claim(
            link.id,
            NewClaim {
                claim_id: claim_id(),
                ..look.clone()
            },
        )
        .await
        .expect("also when busy");
    rig.sign_object(&link, look.claim_id).await.expect("signed");
    rig.commit(&link, look.claim_id).await.expect("seen");
    assert_eq!(rig.counts(&link).await, (1, 0, 0));
    let other = NewClaim {
        purpose: Purpose::Download,
        ..look
    };
    assert_eq!(
        problem(rig.service.create_claim(link.id, other).await),
        ProblemType::ClaimEnded
    );
}

/// As many looks as a link may have at once: downloads go on meanwhile, and looks when those are over.
async fn d13_looks_that_are_over_stop_nobody(rig: Rig) {
    let link = rig.link_for(2, 3 * RESUME).await;
    let look = || NewClaim {
        auth: link.auth.clone(),
        claim_id: claim_id(),
        purpose: Purpose::Preview,
    };
    rig.service.create_claim(link.id, look()).await.expect("the first look");
    let random_id = if rig.config.database.url.starts_with("sqlite") {
        "randomblob(16)"
    } else {
        "decode(md5(n::text), 'hex')"
    };
    rig.sql(&format!(
        "INSERT INTO claims (link_id, claim_id, purpose, state, counted, created_at, lease_until, resume_until) \
         WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 20000) \
         SELECT link_id, {random_id}, purpose, 'released', counted, created_at, lease_until, resume_until \
         FROM claims, many WHERE purpose = 'preview'"
    ))
    .await;
    let refused = rig.service.create_claim(link.id, look()).await;
    assert_eq!(problem(refused), ProblemType::TooManyRequests);
    rig.claim(&link).await.expect("a download has its own bound");
    rig.advance(RESUME);
    rig.service.create_claim(link.id, look()).await.expect("those are over");
    rig.claim(&link).await.expect("and a download");
}

async fn a_claim_outlives_its_link(rig: Rig) {
    let link = rig.link_for(2, 900).await;
    let (reading, lapsed) = (
        rig.claim(&link).await.expect("a place"),
        rig.claim(&link).await.expect("a place"),
    );
    rig.advance(590);
    rig.sign_object(&link, reading).await.expect("a sign of life");
    rig.advance(311);
    let reaped = rig.service.reap().await.expect("a pass");
    assert_eq!(
        (reaped.links_expired, reaped.claims_lapsed, reaped.links_swept),
        (1, 1, 0),
        "{reaped:?}"
    );
    assert_eq!(problem(rig.claim(&link).await), ProblemType::LinkExpired);
    rig.sign_object(&link, reading).await.expect("it reads on");
    assert_eq!(problem(rig.sign_object(&link, lapsed).await), ProblemType::LinkExpired);
    assert_eq!(
        rig.commit(&link, reading).await.expect("counted"),
        ClaimState::Committed
    );
    assert_eq!(rig.held().await, (1, 0), "its object stays");
    rig.clock.advance(Duration::from_secs(RESUME));
    let reaped = rig.service.reap().await.expect("a pass");
    assert_eq!((reaped.links_swept, reaped.objects_deleted), (1, 1));
    assert_eq!(rig.held().await, (0, 0));
}

async fn only_the_links_objects_are_signed(rig: Rig) {
    let (link, other) = (rig.link(1).await, rig.link(1).await);
    let claim = rig.claim(&link).await.expect("a place");
    let sign = |objects| {
        let objects = ObjectsToSign {
            auth: link.auth.clone(),
            objects,
        };
        rig.service.sign_objects(link.id, claim, objects, &rig.origin)
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
    let crossed = rig.service.sign_objects(other.id, claim, objects, &rig.origin).await;
    assert_eq!(problem(crossed), ProblemType::ClaimNotFound);
    let failed = release(&link.auth);
    assert_eq!(failed.reason, ReleaseReason::Failed);
}
