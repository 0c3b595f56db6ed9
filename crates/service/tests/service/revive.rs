//! A link whose last download is used: its objects stay for a day, and its owner may allow more.

use sealdrop_api::{
    ProblemType,
    claims::ClaimState,
    links::{LinkChange, LinkState, LinkStatus},
};
use sealdrop_service::ServiceError;
use time::{Duration, OffsetDateTime};

use crate::support::{TestEnv, TestLink, problem, random};

on_both_databases!(
    a_used_up_link_lives_again_when_more_is_allowed,
    after_a_day_a_used_up_link_is_gone,
    a_used_up_link_is_not_kept_beyond_its_time,
    the_number_that_is_used_closes_a_link,
    what_else_ended_stays_ended,
    a_refused_change_revives_nothing,
    claims_of_before_hold_after_the_revival,
    d14_a_revival_races_with_the_sweep,
    d14_a_sweep_that_looked_before_the_revival_sweeps_nothing,
    d14_a_revived_link_gives_away_no_place_twice,
);

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

impl TestEnv {
    async fn allow(&self, link: &TestLink, downloads: u32) -> Result<LinkStatus, ServiceError> {
        let change = LinkChange {
            max_downloads: Some(downloads),
            ..LinkChange::default()
        };
        self.service.change_link(&link.token, link.id, change).await
    }

    async fn status(&self, link: &TestLink) -> LinkStatus {
        let status = self.service.get_link(&link.token, link.id).await;
        status.expect("the owner looks")
    }

    /// A link with its only download used, a week before its time is over.
    async fn used_up(&self) -> TestLink {
        let link = self.link_for(1, 7 * DAY).await;
        let claim = self.claim(&link).await.expect("a place");
        self.commit(&link, claim).await.expect("counted");
        link
    }

    /// Whether the database still holds the link's payload.
    async fn has_payload(&self, link: &TestLink) -> bool {
        let id = self.literal(&link.id.0);
        let sql = format!("UPDATE links SET opened = opened WHERE link_id = {id} AND payload IS NOT NULL");
        self.sql(&sql).await == 1
    }
}

fn about(at: Option<OffsetDateTime>, expected: OffsetDateTime) -> bool {
    at.is_some_and(|at| (at - expected).abs() < Duration::seconds(20))
}

async fn a_used_up_link_lives_again_when_more_is_allowed(env: TestEnv) {
    let link = env.used_up().await;
    let told = problem_of(env.service.open_link(link.id, &link.auth, &env.origin).await);
    let status = env.status(&link).await;
    assert_eq!(
        (told.kind, status.state),
        (ProblemType::LinkExhausted, LinkState::Exhausted)
    );
    let ended_at = told.ended_at.expect("it says when");
    assert!(
        about(status.revivable_until, ended_at + Duration::days(1)),
        "{status:?}"
    );
    assert_eq!(told.revivable_until, status.revivable_until, "both sides hear the same");
    env.advance(DAY - 60);
    assert_eq!(env.service.reap().await.expect("a pass").links_swept, 0);
    let revived = env.allow(&link, 3).await.expect("more is allowed");
    assert_eq!(
        (revived.state, revived.used, revived.max_downloads),
        (LinkState::Active, 1, 3)
    );
    assert_eq!(
        (revived.expires_at, revived.revivable_until),
        (link.created.expires_at, None)
    );
    let opened = env.service.open_link(link.id, &link.auth, &env.origin).await;
    let opened = opened.expect("it opens again");
    assert_eq!((opened.rev, opened.downloads_left, opened.max_downloads), (1, 2, 3));
    // Nothing of the first end is left: the reaper leaves it alone for as long as it lives.
    env.advance(2 * DAY);
    env.service.reap().await.expect("a pass");
    let claim = env.claim(&link).await.expect("a place");
    let signed = env.sign_object(&link, claim).await.expect("signed");
    assert_eq!(env.get(&signed.urls[0].url).await.status(), 200);
    env.commit(&link, claim).await.expect("counted");
    assert_eq!(env.counts(&link).await, (0, 2, 0));
}

async fn after_a_day_a_used_up_link_is_gone(env: TestEnv) {
    let link = env.used_up().await;
    assert!(env.has_payload(&link).await);
    env.advance(DAY + 5);
    // Before the reaper comes by, and after.
    for pass in ["before", "after"] {
        assert_eq!(problem(env.allow(&link, 5).await), ProblemType::LinkExhausted, "{pass}");
        let status = env.status(&link).await;
        assert_eq!(
            (status.state, status.revivable_until),
            (LinkState::Exhausted, None),
            "{pass}"
        );
        let told = problem_of(env.service.open_link(link.id, &link.auth, &env.origin).await);
        assert_eq!(
            (told.kind, told.revivable_until),
            (ProblemType::LinkExhausted, None),
            "{pass}"
        );
        if pass == "before" {
            let reaped = env.service.reap().await.expect("a pass");
            assert_eq!((reaped.links_swept, reaped.objects_deleted), (1, 1), "{reaped:?}");
        }
    }
    assert_eq!(env.held().await, (0, 0));
    assert!(!env.has_payload(&link).await, "the payload goes with the objects");
}

async fn a_used_up_link_is_not_kept_beyond_its_time(env: TestEnv) {
    let link = env.link_for(1, HOUR).await;
    let claim = env.claim(&link).await.expect("a place");
    env.commit(&link, claim).await.expect("counted");
    let status = env.status(&link).await;
    assert_eq!(status.revivable_until, Some(link.created.expires_at));
    // It may get more time together with more downloads.
    let change = LinkChange {
        max_downloads: Some(2),
        expires_in: Some(3 * DAY),
        ..LinkChange::default()
    };
    let revived = env.service.change_link(&link.token, link.id, change).await;
    assert!(revived.expect("revived").expires_at > link.created.expires_at + Duration::days(2));
    let other = env.link_for(1, HOUR).await;
    let claim = env.claim(&other).await.expect("a place");
    env.commit(&other, claim).await.expect("counted");
    env.advance(HOUR + 1);
    assert_eq!(problem(env.allow(&other, 2).await), ProblemType::LinkExhausted);
    assert_eq!(env.status(&other).await.revivable_until, None);
}

async fn the_number_that_is_used_closes_a_link(env: TestEnv) {
    let link = env.link_for(5, 7 * DAY).await;
    for _ in 0..2 {
        let claim = env.claim(&link).await.expect("a place");
        env.commit(&link, claim).await.expect("counted");
    }
    let going_on = env.claim(&link).await.expect("a place");
    for too_few in [1, 2] {
        let told = problem_of(env.allow(&link, too_few).await);
        assert_eq!(told.kind, ProblemType::InvalidRequest);
        let detail = told.detail.expect("it says why");
        assert_eq!(
            detail,
            "The limit cannot be lower than 3. Downloads complete: 2, in progress: 1."
        );
    }
    assert_eq!(env.allow(&link, 3).await.expect("as many").state, LinkState::Active);
    env.release(&link, going_on).await.expect("given back");
    let closed = env.allow(&link, 2).await.expect("it closes");
    assert_eq!(
        (closed.state, closed.used, closed.max_downloads),
        (LinkState::Exhausted, 2, 2)
    );
    assert!(closed.revivable_until.is_some());
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkExhausted);
    // What does not raise the limit leaves it closed.
    for same in [LinkChange::default(), more_time()] {
        let answer = env.service.change_link(&link.token, link.id, same).await;
        assert_eq!(problem(answer), ProblemType::LinkExhausted);
    }
    assert_eq!(problem(env.allow(&link, 2).await), ProblemType::LinkExhausted);
    assert_eq!(env.allow(&link, 3).await.expect("it opens").state, LinkState::Active);
    env.claim(&link).await.expect("a place");
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkBusy);
}

fn more_time() -> LinkChange {
    LinkChange {
        expires_in: Some(DAY),
        ..LinkChange::default()
    }
}

async fn what_else_ended_stays_ended(env: TestEnv) {
    let expired = env.link_for(1, 2).await;
    env.advance(3);
    let (revoked, both) = (env.link(1).await, env.used_up().await);
    for link in [&revoked, &both] {
        env.service.revoke_link(&link.token, link.id).await.expect("closed");
    }
    for pass in ["before the reaper", "after it"] {
        assert_eq!(
            problem(env.allow(&expired, 9).await),
            ProblemType::LinkExpired,
            "{pass}"
        );
        for link in [&revoked, &both] {
            assert_eq!(problem(env.allow(link, 9).await), ProblemType::LinkRevoked, "{pass}");
            assert_eq!(env.status(link).await.revivable_until, None, "{pass}");
            assert!(!env.has_payload(link).await, "{pass}");
        }
        env.service.reap().await.expect("a pass");
    }
    assert_eq!(env.held().await, (0, 0));
}

async fn a_refused_change_revives_nothing(env: TestEnv) {
    let link = env.used_up().await;
    let refused = [
        LinkChange {
            max_downloads: Some(u32::MAX),
            ..LinkChange::default()
        },
        LinkChange {
            max_downloads: Some(2),
            expires_in: Some(0),
            ..LinkChange::default()
        },
        LinkChange {
            max_downloads: Some(2),
            rev: Some(7),
            payload: Some(sealdrop_api::SealedBytes(random::<{ 84 + 64 }>().to_vec())),
            ..LinkChange::default()
        },
    ];
    for change in refused {
        let answer = env.service.change_link(&link.token, link.id, change).await;
        assert!(answer.is_err());
        assert_eq!(env.status(&link).await.state, LinkState::Exhausted);
        assert_eq!(problem(env.claim(&link).await), ProblemType::LinkExhausted);
    }
    // As the release before left it: without its payload it would open nothing.
    let id = env.literal(&link.id.0);
    env.sql(&format!("UPDATE links SET payload = NULL WHERE link_id = {id}"))
        .await;
    assert_eq!(problem(env.allow(&link, 2).await), ProblemType::LinkExhausted);
}

/// Who downloaded reads on for the 24 hours of the claim, uncounted; who gave the place back stays without.
async fn claims_of_before_hold_after_the_revival(env: TestEnv) {
    let link = env.link_for(2, 7 * DAY).await;
    let (first, given_back, second) = (
        env.claim(&link).await.expect("a place"),
        env.claim(&link).await.expect("a place"),
        crate::support::claim_id(),
    );
    env.commit(&link, first).await.expect("counted");
    env.release(&link, given_back).await.expect("given back");
    env.claim_as(&link, second).await.expect("a place");
    env.commit(&link, second).await.expect("counted");
    env.advance(12 * HOUR);
    env.allow(&link, 3).await.expect("revived");
    assert_eq!(problem(env.claim_as(&link, given_back).await), ProblemType::ClaimEnded);
    for claim in [first, second] {
        env.sign_object(&link, claim).await.expect("it reads on");
        assert_eq!(env.commit(&link, claim).await.expect("again"), ClaimState::Committed);
    }
    assert_eq!(env.counts(&link).await, (0, 2, 1), "nothing was counted twice");
    let third = env.claim(&link).await.expect("the new place");
    env.commit(&link, third).await.expect("counted");
    assert_eq!(env.status(&link).await.state, LinkState::Exhausted);
    env.advance(12 * HOUR + 5);
    assert_eq!(problem(env.sign_object(&link, first).await), ProblemType::ClaimEnded);
    // The day counts from the last download, not from the first end.
    env.service.reap().await.expect("a pass");
    assert_eq!(env.held().await, (1, 0));
    env.allow(&link, 4).await.expect("revived again");
}

/// Owner and reaper meet at the moment at which the day is over: either the link lives with its objects, or it is gone.
async fn d14_a_revival_races_with_the_sweep(env: TestEnv) {
    for _ in 0..10 {
        let link = env.used_up().await;
        let until = env.status(&link).await.revivable_until.expect("a day");
        let other = env.another().await;
        let left = until - env.now();
        env.clock
            .advance(std::time::Duration::try_from(left - Duration::milliseconds(5)).expect("it is ahead"));
        let sweeping = tokio::spawn(async move {
            loop {
                if other.reap().await.expect("a pass").links_swept > 0 {
                    return true;
                }
            }
        });
        let revived = env.allow(&link, 2).await;
        let alive = match revived {
            Ok(status) => {
                assert_eq!(status.state, LinkState::Active);
                sweeping.abort();
                let _ = sweeping.await;
                true
            }
            Err(error) => {
                assert_eq!(error.into_problem().kind, ProblemType::LinkExhausted);
                assert!(sweeping.await.expect("no panic"));
                false
            }
        };
        env.service.reap().await.expect("a pass");
        assert_eq!(env.has_payload(&link).await, alive);
        assert_eq!(env.held().await.0, usize::from(alive));
        if alive {
            let claim = env.claim(&link).await.expect("a place");
            env.sign_object(&link, claim).await.expect("its object is there");
            env.service.revoke_link(&link.token, link.id).await.expect("closed");
            env.service.reap().await.expect("a pass");
        }
    }
}

/// Between the reaper's look and its lock the owner allows more: a transaction of the database is held open there.
async fn d14_a_sweep_that_looked_before_the_revival_sweeps_nothing(env: TestEnv) {
    use sea_orm::{ConnectionTrait as _, SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
    let link = env.used_up().await;
    env.advance(DAY + 5);
    let database = env.database().await;
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let reviving = database.begin_with_options(options).await.expect("it begins");
    let id = env.literal(&link.id.0);
    let revive =
        format!("UPDATE links SET ended_reason = NULL, ended_at = NULL, max_downloads = 2 WHERE link_id = {id}");
    reviving.execute_unprepared(&revive).await.expect("it is revived");
    let service = env.service.clone();
    let reaping = tokio::spawn(async move { service.reap().await.expect("a pass") });
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(!reaping.is_finished(), "it found the link over and waits for the lock");
    reviving.commit().await.expect("committed");
    database.close().await.expect("it closes");
    let reaped = reaping.await.expect("no panic");
    assert_eq!((reaped.links_swept, reaped.objects_deleted), (0, 0), "{reaped:?}");
    let claim = env.claim(&link).await.expect("a place");
    env.sign_object(&link, claim).await.expect("its object is there");
}

/// Owners on two servers allow two more, again and again, while thirty want a place.
async fn d14_a_revived_link_gives_away_no_place_twice(env: TestEnv) {
    let link = env.used_up().await;
    let (one, two) = (env.service.clone(), env.another().await);
    let owners = (0..6).map(|n| {
        let service = if n % 2 == 0 { one.clone() } else { two.clone() };
        let (token, id) = (link.token.clone(), link.id);
        tokio::spawn(async move {
            let change = LinkChange {
                max_downloads: Some(3),
                ..LinkChange::default()
            };
            match service.change_link(&token, id, change).await {
                Ok(status) => assert_eq!(status.max_downloads, 3),
                Err(error) => assert_eq!(error.into_problem().kind, ProblemType::LinkExhausted),
            }
            0
        })
    });
    let racers = (0..30).map(|n| {
        let service = if n % 2 == 0 { one.clone() } else { two.clone() };
        let (id, auth) = (link.id, link.auth.clone());
        tokio::spawn(async move {
            let new = sealdrop_api::claims::NewClaim {
                auth: auth.clone(),
                claim_id: crate::support::claim_id(),
                purpose: sealdrop_api::claims::Purpose::Download,
            };
            let claim = new.claim_id;
            match service.create_claim(id, new).await {
                Ok(_) => {
                    service.commit_claim(id, claim, &auth).await.expect("counted");
                    1
                }
                Err(error) => {
                    let kind = error.into_problem().kind;
                    assert!(
                        matches!(kind, ProblemType::LinkBusy | ProblemType::LinkExhausted),
                        "{kind:?}"
                    );
                    0
                }
            }
        })
    });
    let all: Vec<_> = owners.chain(racers).collect();
    let given: u32 = futures::future::join_all(all)
        .await
        .into_iter()
        .map(|done| done.expect("no panic"))
        .sum();
    assert!(given <= 2, "{given} of 2 places were given away");
    let status = env.status(&link).await;
    assert_eq!((status.used, status.active), (1 + given, 0));
    assert!(status.used <= status.max_downloads, "{status:?}");
}

fn problem_of<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> sealdrop_api::Problem {
    result.expect_err("refused").into_problem()
}
