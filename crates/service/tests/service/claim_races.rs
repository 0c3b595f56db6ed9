//! Races for the places of a link.

use std::time::Duration;

use sealdrop_api::{
    ClaimId, ProblemType,
    claims::{ClaimState, NewClaim, Purpose},
    links::LinkState,
};

use crate::claims::LEASE;
use crate::support::{TestEnv, claim_id, problem, release};

on_both_databases!(
    d14_a_hundred_race_for_one_place,
    d14_a_hundred_race_for_three_places,
    d14_a_hundred_race_for_ten_places,
    d14_racers_who_fail_and_come_back,
    d14_late_commits_race_with_new_claims,
);

async fn race(env: &TestEnv, places: u32) {
    let link = env.link(places).await;
    let (one, two) = (env.service.clone(), env.another().await);
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
    assert_eq!(env.counts(&link).await, (places, 0, 0));
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
    assert_eq!(env.counts(&link).await, (0, places, 0));
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkExhausted);
    let status = env
        .service
        .get_link(&link.token, link.id)
        .await
        .expect("the owner looks");
    assert_eq!(status.state, LinkState::Exhausted);
}

async fn d14_a_hundred_race_for_one_place(env: TestEnv) {
    race(&env, 1).await;
}

async fn d14_a_hundred_race_for_three_places(env: TestEnv) {
    race(&env, 3).await;
}

async fn d14_a_hundred_race_for_ten_places(env: TestEnv) {
    race(&env, 10).await;
}

/// Everybody tries until the link is used up; one in ten fails first. A watcher sees the database at every moment.
async fn d14_racers_who_fail_and_come_back(env: TestEnv) {
    const PLACES: u32 = 3;
    let link = env.link(PLACES).await;
    let (one, two) = (env.service.clone(), env.another().await);
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
            let (active, used, _) = env.counts(&link).await;
            assert!(active + used <= PLACES, "{active} active and {used} used of {PLACES}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let commits: u32 = tokio::select! {
        done = racing => done.into_iter().map(|racer| racer.expect("no panic")).sum(),
        () = watching => unreachable!("it watches until the race is over"),
    };
    assert_eq!(commits, PLACES);
    let (active, used, failed) = env.counts(&link).await;
    assert_eq!((active, used), (0, PLACES));
    assert!(failed <= 10, "{failed} failed");
}

/// Ten lapsed claims that were verified after all, and ninety new ones, race for three places.
async fn d14_late_commits_race_with_new_claims(env: TestEnv) {
    const PLACES: u32 = 3;
    let link = env.link_for(PLACES, 24 * 3600).await;
    let mut late = Vec::new();
    for n in 0..10 {
        late.push(env.claim(&link).await.expect("a place"));
        if n % 3 == 2 {
            env.advance(LEASE + 1);
        }
    }
    env.advance(LEASE + 1);
    env.service.reap().await.expect("a pass");
    assert_eq!(env.counts(&link).await, (0, 0, 10));
    let (one, two) = (env.service.clone(), env.another().await);
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
    let (active, used, _) = env.counts(&link).await;
    assert_eq!((active, used), (0, PLACES));
}
