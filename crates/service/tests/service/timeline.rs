//! What happened to a link: by the hour, bounded, and gone in its time.

use sealdrop_api::{
    LinkAuth, ProblemType,
    claims::{NewClaim, Purpose},
    links::{LinkChange, LinkEventKind},
};
use sealdrop_service::Operator;

use crate::support::{TestEnv, TestLink, claim_id, problem, random};

on_both_databases!(
    p03_what_happens_to_a_link_is_told_by_the_hour,
    p03_a_stranger_who_opens_a_link_without_end_fills_no_table,
    p03_what_happened_is_told_to_the_owner_alone,
    p03_what_happened_is_forgotten_with_the_link,
    p03_what_a_wrong_clock_noted_comes_to_now,
    q06_what_its_user_ends_begins_nothing_new_and_what_goes_on_may_finish,
);

const LEASE: u64 = 600;

impl TestEnv {
    /// Ten minutes into an hour, so that what follows is in one.
    fn begin_hour(&self) {
        let now = self.now();
        let into = u64::from(now.minute()) * 60 + u64::from(now.second());
        self.advance(3600 - into + 600);
    }

    async fn open(&self, link: &TestLink) {
        let opened = self.service.open_link(link.id, &link.auth, &self.origin).await;
        opened.expect("it opens");
    }

    async fn told(&self, link: &TestLink) -> Vec<(LinkEventKind, u64)> {
        let told = self.service.list_link_events(&link.token, link.id).await;
        let events = told.expect("the owner looks").events;
        assert!(
            events.windows(2).all(|pair| pair[0].at >= pair[1].at),
            "the newest first"
        );
        events.iter().map(|event| (event.kind, event.n)).collect()
    }

    async fn rows(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM link_events").await
    }
}

async fn p03_what_happens_to_a_link_is_told_by_the_hour(env: TestEnv) {
    use LinkEventKind::{Changed, Failed, Finished, Opened, Started};
    let link = env.link_for(9, 9 * 3600).await;
    env.begin_hour();
    assert_eq!(env.told(&link).await, []);
    for _ in 0..3 {
        env.open(&link).await;
    }
    assert_eq!(env.told(&link).await, [(Opened, 3)], "before it is written");
    env.service.reap().await.expect("a pass");
    env.open(&link).await;
    assert_eq!(env.told(&link).await, [(Opened, 4)], "and after");
    env.advance(1);
    let first = env.claim(&link).await.expect("a place");
    env.claim_as(&link, first).await.expect("the same place");
    env.advance(1);
    for _ in 0..2 {
        env.commit(&link, first).await.expect("committed");
    }
    env.advance(1);
    let second = env.claim(&link).await.expect("a place");
    env.advance(1);
    for _ in 0..2 {
        env.release(&link, second).await.expect("given back");
    }
    let look = NewClaim {
        auth: link.auth.clone(),
        claim_id: claim_id(),
        purpose: Purpose::Preview,
    };
    env.service.create_claim(link.id, look.clone()).await.expect("a look");
    env.service
        .commit_claim(link.id, look.claim_id, &link.auth)
        .await
        .expect("it ends");
    env.advance(1);
    for _ in 0..2 {
        let pause = LinkChange {
            paused: Some(true),
            ..LinkChange::default()
        };
        env.service
            .change_link(&link.token, link.id, pause)
            .await
            .expect("changed");
    }
    env.service.reap().await.expect("a pass");
    let this_hour = [(Changed, 1), (Failed, 1), (Started, 2), (Finished, 1), (Opened, 4)];
    let mut told = env.told(&link).await;
    // Openings are noted when they are written.
    told.sort_by_key(|(kind, _)| this_hour.iter().position(|(one, _)| one == kind));
    assert_eq!(told, this_hour);
    // The next hour begins anew; one that lapses has stopped, and one that is overdue is noted where it is noticed.
    let go_on = LinkChange {
        paused: Some(false),
        ..LinkChange::default()
    };
    env.service
        .change_link(&link.token, link.id, go_on)
        .await
        .expect("changed");
    env.advance(3600);
    env.claim(&link).await.expect("a place");
    env.advance(LEASE + 5);
    env.service.reap().await.expect("a pass");
    let told = env.told(&link).await;
    assert_eq!(told[..2], [(Failed, 1), (Started, 1)]);
    assert_eq!(told.len(), 2 + this_hour.len());
    assert!(told.contains(&(Changed, 2)));
}

async fn p03_a_stranger_who_opens_a_link_without_end_fills_no_table(env: TestEnv) {
    let link = env.link_for(1, 30 * 24 * 3600).await;
    env.begin_hour();
    for _ in 0..5 {
        for _ in 0..200 {
            env.open(&link).await;
        }
        env.service.reap().await.expect("a pass");
    }
    assert_eq!(env.rows().await, 1);
    assert_eq!(env.told(&link).await, [(LinkEventKind::Opened, 1000)]);
    // And one who comes back each hour makes no answer without end.
    let hour = env.now().unix_timestamp() / 3600;
    for n in 1..600 {
        env.sql(&format!(
            "INSERT INTO link_events (link_id, hour, kind, at, n) VALUES ({}, {}, 'opened', {}, 1)",
            env.literal(&link.id.0),
            hour - n,
            (hour - n) * 3_600_000
        ))
        .await;
    }
    let told = env.told(&link).await;
    assert_eq!((told.len(), told[0].1), (500, 1000));
}

async fn p03_what_happened_is_told_to_the_owner_alone(env: TestEnv) {
    let (ann, ben) = (env.user().await, env.user().await);
    let link = env.link(1).await;
    env.open(&link).await;
    let of = async |signed| problem(env.service.list_link_events(signed, link.id).await);
    assert_eq!(of(&ann.signed).await, ProblemType::LinkNotFound, "a guest's");
    env.sql(&format!("UPDATE links SET user_id = {}", env.literal(&ann.id)))
        .await;
    assert_eq!(of(&ben.signed).await, ProblemType::LinkNotFound);
    let told = env.service.list_link_events(&ann.signed, link.id).await.expect("hers");
    assert_eq!(told.events.len(), 1);
    let other = sealdrop_api::OwnerToken::new(random());
    let told = env.service.list_link_events(&other, link.id).await;
    assert_eq!(problem(told), ProblemType::LinkNotFound);
}

async fn p03_what_happened_is_forgotten_with_the_link(env: TestEnv) {
    let (gone, stays) = (env.link(1).await, env.link_for(1, 30 * 24 * 3600).await);
    env.open(&gone).await;
    env.open(&stays).await;
    env.service.reap().await.expect("a pass");
    env.service.revoke_link(&gone.token, gone.id).await.expect("theirs");
    assert_eq!(
        env.told(&gone).await,
        [(LinkEventKind::Opened, 1)],
        "its owner may look"
    );
    env.advance(31 * 24 * 3600);
    env.service.reap().await.expect("a pass");
    env.service.reap().await.expect("a pass");
    let told = env.service.list_link_events(&gone.token, gone.id).await;
    assert_eq!(problem(told), ProblemType::LinkNotFound);
    assert_eq!(env.rows().await, 1);
    assert_eq!(env.told(&stays).await, [(LinkEventKind::Opened, 1)]);
}

async fn p03_what_a_wrong_clock_noted_comes_to_now(env: TestEnv) {
    let link = env.link_for(1, 3600 * 24).await;
    env.service.reap().await.expect("a pass");
    env.begin_hour();
    env.open(&link).await;
    env.service.reap().await.expect("a pass");
    let id = env.literal(&link.id.0);
    let now = env.now().unix_timestamp() * 1000;
    // Two hours of another year.
    for at in [now + 40_000_000_000, now + 50_000_000_000] {
        env.sql(&format!(
            "INSERT INTO link_events (link_id, hour, kind, at, n) VALUES ({id}, {}, 'opened', {at}, 2)",
            at / 3_600_000
        ))
        .await;
    }
    env.clock.jump(400 * 24 * 3600);
    env.service.reap().await.expect("a pass");
    env.clock.jump(-400 * 24 * 3600);
    env.service.trust_clock(&Operator::unknown()).await.expect("noted");
    assert_eq!(env.told(&link).await, [(LinkEventKind::Opened, 5)]);
    let late = env.now().unix_timestamp() * 1000 + 1000;
    assert_eq!(
        env.number(&format!("SELECT COUNT(*) FROM link_events WHERE at > {late}"))
            .await,
        0
    );
}

async fn q06_what_its_user_ends_begins_nothing_new_and_what_goes_on_may_finish(env: TestEnv) {
    let user = env.user().await;
    let mut link = env.link(2).await;
    let id = env.literal(&user.id);
    env.sql(&format!("UPDATE uploads SET user_id = {id}")).await;
    env.sql(&format!("UPDATE links SET user_id = {id}")).await;
    assert_eq!(env.space(&user).await, (65_536, 0));
    let claim = env.claim(&link).await.expect("a place");
    let signed = env.sign_object(&link, claim).await.expect("signed");
    let mut reading = env.get(&signed.urls[0].url).await;
    assert_eq!(reading.status(), 200);
    env.service.revoke_link(&user.signed, link.id).await.expect("theirs");
    assert_eq!(env.space(&user).await, (0, 0), "free at once");
    // Nothing new, by whatever way.
    let revoked = ProblemType::LinkRevoked;
    assert_eq!(problem(env.claim(&link).await), revoked);
    assert_eq!(problem(env.sign_object(&link, claim).await), revoked);
    let opened = env.service.open_link(link.id, &link.auth, &env.origin).await;
    assert_eq!(problem(opened), revoked);
    // What was being read is read to its end, and counts.
    env.service.reap().await.expect("a pass");
    let mut read = 0;
    while let Some(some) = reading.chunk().await.expect("it goes on") {
        read += some.len();
    }
    assert_eq!(read, 65_536);
    env.commit(&link, claim).await.expect("it ends");
    assert_eq!(env.held().await, (0, 0));
    let gone = env.get(&signed.urls[0].url).await.status();
    assert_eq!(gone, 404, "nobody else reads it with that address");
    link.auth = LinkAuth::new(random());
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkNotFound);
    env.assert_space().await;
}
