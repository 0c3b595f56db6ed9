//! A clock that is wrong by a year ends and deletes nothing, whichever way it is wrong.

use sealdrop_api::{LinkAuth, ProblemType, links::LinkState};
use sealdrop_service::{ClockState, Operator, Service};

use crate::support::{TestEnv, TestLink, new_link, problem, random, token};

on_both_databases!(
    x35_o13_a_year_ahead_deletes_nothing,
    x35_a_start_in_another_year_deletes_nothing,
    x35_a_year_behind_deletes_nothing_and_what_came_meanwhile_lives_on,
    x35_what_a_wrong_clock_made_lives_no_longer_than_it_was_given,
    x35_a_jump_that_lasts_is_believed,
    x35_the_operator_may_vouch,
    x35_what_its_owner_revokes_goes_all_the_same,
);

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const YEAR: i64 = 400 * 24 * 3600;

/// What opens the link now.
async fn opens(env: &TestEnv, service: &Service, link: &TestLink) -> Option<ProblemType> {
    let opened = service.open_link(link.id, &link.auth, &env.origin).await;
    opened.err().and_then(|error| error.problem_type())
}

async fn reap(service: &Service) {
    let reaped = service.reap().await.expect("a pass");
    assert_eq!(reaped.failed, 0, "{reaped:?}");
}

async fn x35_o13_a_year_ahead_deletes_nothing(env: TestEnv) {
    let link = env.link_for(3, 8 * DAY).await;
    let unfinished = token();
    let upload = env.upload(&unfinished).await;
    reap(&env.service).await;
    assert_eq!(env.service.readiness().await.clock, ClockState::Trusted);
    env.clock.jump(YEAR);
    let readiness = env.service.readiness().await;
    assert!(!readiness.is_ready());
    let ClockState::Wrong(said) = readiness.clock else {
        panic!("{:?}", readiness.clock)
    };
    assert!(
        said.contains("400 days ahead") && said.contains("--trust-clock"),
        "{said}"
    );
    for _ in 0..3 {
        reap(&env.service).await;
        env.advance(HOUR);
    }
    assert_eq!(env.held().await, (2, 0), "every object is there");
    env.clock.jump(-YEAR);
    reap(&env.service).await;
    assert_eq!(env.service.readiness().await.clock, ClockState::Trusted);
    assert_eq!(opens(&env, &env.service, &link).await, None, "nothing was ended either");
    assert_eq!(
        env.state(&unfinished, upload).await,
        sealdrop_api::uploads::UploadState::Committed
    );
}

async fn x35_a_start_in_another_year_deletes_nothing(env: TestEnv) {
    let link = env.link_for(3, 8 * DAY).await;
    reap(&env.service).await;
    env.clock.jump(YEAR);
    for _ in 0..2 {
        let restarted = env.another().await;
        assert!(matches!(restarted.readiness().await.clock, ClockState::Wrong(_)));
        assert_eq!(
            opens(&env, &restarted, &link).await,
            Some(ProblemType::LinkExpired),
            "no link opens after its time"
        );
        reap(&restarted).await;
        reap(&restarted).await;
    }
    assert_eq!(env.held().await, (1, 0));
    env.clock.jump(-YEAR);
    let restarted = env.another().await;
    reap(&restarted).await;
    assert!(restarted.readiness().await.is_ready());
    assert_eq!(opens(&env, &restarted, &link).await, None);
}

async fn x35_a_year_behind_deletes_nothing_and_what_came_meanwhile_lives_on(env: TestEnv) {
    let old = env.link_for(3, 8 * DAY).await;
    reap(&env.service).await;
    env.clock.jump(-YEAR);
    let restarted = env.another().await;
    assert!(matches!(restarted.readiness().await.clock, ClockState::Wrong(_)));
    reap(&restarted).await;
    let new = env.link_for(3, 8 * DAY).await;
    reap(&restarted).await;
    // It is set right.
    env.clock.jump(YEAR);
    let restarted = env.another().await;
    reap(&restarted).await;
    assert_eq!(env.held().await, (2, 0));
    for link in [&old, &new] {
        assert_eq!(opens(&env, &restarted, link).await, None);
    }
}

async fn x35_what_a_wrong_clock_made_lives_no_longer_than_it_was_given(env: TestEnv) {
    reap(&env.service).await;
    env.clock.jump(YEAR);
    let wrong = env.another().await;
    reap(&wrong).await;
    let (token, auth) = (token(), LinkAuth::new(random()));
    env.upload(&token).await;
    let new = new_link(&auth, 1, 24 * HOUR);
    let id = new.link_id();
    wrong.create_link(&token, None, new).await.expect("made");
    env.clock.jump(-YEAR);
    let right = env.another().await;
    reap(&right).await;
    let status = right.get_link(&token, id).await.expect("the owner looks");
    assert_eq!(status.state, LinkState::Active);
    let left = status.expires_at - env.now();
    assert!((0..=24).contains(&left.whole_hours()), "{left}");
}

async fn x35_a_jump_that_lasts_is_believed(env: TestEnv) {
    let link = env.link_for(3, 8 * DAY).await;
    reap(&env.service).await;
    // A machine that was off for ten days.
    env.clock.jump(10 * 24 * 3600);
    let restarted = env.another().await;
    let readiness = restarted.readiness().await;
    assert!(matches!(readiness.clock, ClockState::Doubted(_)), "{readiness:?}");
    reap(&restarted).await;
    env.advance(23 * HOUR);
    reap(&restarted).await;
    assert_eq!(env.held().await, (1, 0));
    env.advance(2 * HOUR);
    reap(&restarted).await;
    assert_eq!(restarted.readiness().await.clock, ClockState::Trusted);
    assert_eq!(env.held().await, (0, 0));
    assert_eq!(
        problem(restarted.open_link(link.id, &link.auth, &env.origin).await),
        ProblemType::LinkExpired
    );
}

async fn x35_the_operator_may_vouch(env: TestEnv) {
    env.link_for(3, 8 * DAY).await;
    reap(&env.service).await;
    env.clock.jump(YEAR);
    env.service.trust_clock(&Operator::unknown()).await.expect("noted");
    assert_eq!(env.service.readiness().await.clock, ClockState::Trusted);
    reap(&env.service).await;
    assert_eq!(env.held().await, (0, 0));
}

async fn x35_what_its_owner_revokes_goes_all_the_same(env: TestEnv) {
    let link = env.link_for(3, 8 * DAY).await;
    reap(&env.service).await;
    env.clock.jump(YEAR);
    reap(&env.service).await;
    env.service.revoke_link(&link.token, link.id).await.expect("closed");
    reap(&env.service).await;
    assert_eq!(env.held().await, (0, 0));
}
