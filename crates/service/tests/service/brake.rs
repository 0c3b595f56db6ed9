//! Too many ends at the same time are held until an operator has looked; ends in their time are carried out.

use sealdrop_api::{LinkAuth, ProblemType, limits::UPLOAD_IDLE_IN, uploads::UploadState};
use sealdrop_service::{Operator, Reaped, Service};

use crate::support::{TestEnv, TestLink, new_link, problem, random, token};

on_both_databases!(
    n15_a_wrong_clock_that_is_believed_ends_no_more_than_time_did,
    n15_time_that_passes_ends_everything_however_much,
    n15_after_a_weekend_an_operator_is_asked_and_the_rest_goes_on,
    n15_a_few_end_after_any_weekend,
    n15_instants_that_were_spoiled_end_nothing,
    n15_idle_uploads_have_a_brake_of_their_own,
);

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEKEND: i64 = 60 * 3600;

impl TestEnv {
    /// More links of the same life, without objects.
    async fn links_like(&self, link: &TestLink, number: u32) {
        let like = self.literal(&link.id.0);
        let (from, id) = (self.up_to(number), self.numbered(16));
        self.sql(&format!(
            "INSERT INTO links (link_id, request_hash, rev, sealed_bytes, max_downloads, created_at, expires_at, payload) \
             SELECT {id}, request_hash, rev, sealed_bytes, max_downloads, created_at, expires_at, payload \
             FROM links, {from} WHERE link_id = {like}"
        ))
        .await;
    }

    /// Objects without a link, each of a token of its own.
    async fn unlinked(&self, number: u32) {
        let (from, id, token) = (self.up_to(number), self.numbered(16), self.numbered(32));
        let now = self.now().unix_timestamp() * 1000;
        self.sql(&format!(
            "INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, sealed_len, state, created_at, touched_at) \
             SELECT {id}, {token}, 'o/unlinked' || n, 10485760, 5, 5, 'committed', {now}, {now} FROM {from}"
        ))
        .await;
    }

    fn is_sqlite(&self) -> bool {
        self.config.database.url.starts_with("sqlite")
    }

    /// Numbers `n`.
    fn up_to(&self, number: u32) -> String {
        if self.is_sqlite() {
            format!(
                "(WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {number}) SELECT n FROM many)"
            )
        } else {
            format!("generate_series(1, {number}) n")
        }
    }

    /// Each of them as so many bytes.
    fn numbered(&self, bytes: usize) -> String {
        if self.is_sqlite() {
            format!("CAST(printf('%0{bytes}d', n) AS BLOB)")
        } else {
            format!("convert_to(lpad(n::text, {bytes}, '0'), 'UTF8')")
        }
    }

    /// The clock jumps, and stays there until it is believed.
    async fn jump_and_last(&self, service: &Service, seconds: i64) -> Reaped {
        self.clock.jump(seconds);
        pass(service).await;
        self.advance(25 * HOUR);
        pass(service).await
    }
}

async fn pass(service: &Service) -> Reaped {
    let reaped = service.reap().await.expect("a pass");
    assert_eq!(reaped.failed, 0, "{reaped:?}");
    reaped
}

async fn held(service: &Service) -> Option<String> {
    service.readiness().await.expiry.err()
}

async fn n15_a_wrong_clock_that_is_believed_ends_no_more_than_time_did(env: TestEnv) {
    env.link_for(3, 2 * DAY).await;
    let long = env.link_for(3, 20 * DAY).await;
    env.links_like(&long, 40).await;
    pass(&env.service).await;
    let wrong = env.jump_and_last(&env.service, 28 * 24 * 3600).await;
    assert_eq!((wrong.links_expired, wrong.held), (0, 42));
    let said = held(&env.service).await.expect("it is reported");
    assert!(said.contains("42 links") && said.contains("--trust-clock"), "{said}");
    // No client is let in after the time that the link shows, and its owner may close it.
    let opened = env.service.open_link(long.id, &long.auth, &env.origin).await;
    assert_eq!(problem(opened), ProblemType::LinkExpired);
    assert_eq!(problem(env.claim(&long).await), ProblemType::LinkExpired);
    // What time really passes for ends, also in another server.
    let restarted = env.another().await;
    for (hours, expired, kept) in [(0, 0, 42), (22, 0, 42), (2, 1, 41)] {
        env.advance(hours * HOUR);
        let reaped = pass(&restarted).await;
        assert_eq!((reaped.links_expired, reaped.held), (expired, kept));
    }
    assert_eq!(env.held().await.0, 1, "the short link is over");
    // The operator sets the clock right.
    let right = env.jump_and_last(&restarted, -28 * 24 * 3600).await;
    assert_eq!((right.links_expired, right.held), (0, 0));
    assert_eq!(held(&restarted).await, None);
    restarted
        .open_link(long.id, &long.auth, &env.origin)
        .await
        .expect("it opens again");
}

async fn n15_time_that_passes_ends_everything_however_much(env: TestEnv) {
    let link = env.link_for(3, 8 * DAY).await;
    env.links_like(&link, 600).await;
    pass(&env.service).await;
    env.advance(9 * DAY);
    let reaped = pass(&env.service).await;
    assert_eq!((reaped.links_expired, reaped.held), (601, 0), "of all there are");
    assert_eq!(env.held().await, (0, 0));
}

async fn n15_after_a_weekend_an_operator_is_asked_and_the_rest_goes_on(env: TestEnv) {
    let (backlog, later) = (env.link_for(3, DAY).await, env.link_for(3, 5 * DAY).await);
    env.links_like(&backlog, 40).await;
    pass(&env.service).await;
    env.clock.jump(WEEKEND);
    let monday = env.another().await;
    pass(&monday).await;
    env.advance(16 * HOUR);
    assert_eq!(pass(&monday).await.held, 41);
    // Closed by hand: it goes whatever waits.
    monday.revoke_link(&later.token, later.id).await.expect("closed");
    let reaped = pass(&monday).await;
    assert_eq!((reaped.objects_deleted, reaped.held), (1, 41));
    assert_eq!(env.held().await, (1, 0));
    // `reap --trust-clock`, in a process of its own.
    let operator = env.another().await;
    operator.trust_clock(&Operator::unknown()).await.expect("noted");
    let reaped = pass(&operator).await;
    assert_eq!((reaped.links_expired, reaped.held), (41, 0));
    assert_eq!(held(&monday).await, None);
    assert_eq!(env.held().await, (0, 0));
}

async fn n15_a_few_end_after_any_weekend(env: TestEnv) {
    let link = env.link_for(3, DAY).await;
    env.links_like(&link, 19).await;
    pass(&env.service).await;
    env.clock.jump(WEEKEND);
    let monday = env.another().await;
    pass(&monday).await;
    env.advance(16 * HOUR);
    let reaped = pass(&monday).await;
    assert_eq!((reaped.links_expired, reaped.held), (20, 0));
}

async fn n15_instants_that_were_spoiled_end_nothing(env: TestEnv) {
    let (link, used_up) = (env.link_for(3, 8 * DAY).await, env.link_for(1, 8 * DAY).await);
    env.links_like(&link, 40).await;
    let ending = env.link_for(3, HOUR).await;
    pass(&env.service).await;
    let spoil = format!(
        "UPDATE links SET expires_at = 1 WHERE link_id <> {}",
        env.literal(&ending.id.0)
    );
    env.sql(&format!("{spoil} AND link_id <> {}", env.literal(&used_up.id.0)))
        .await;
    let reaped = pass(&env.service).await;
    assert_eq!((reaped.links_expired, reaped.held), (0, 41));
    let readiness = env.service.readiness().await;
    assert!(readiness.expiry.is_err() && readiness.is_ready(), "requests are served");
    let claim = env.claim(&used_up).await.expect("a place");
    env.commit(&used_up, claim).await.expect("counted");
    env.advance(2 * DAY);
    let reaped = pass(&env.service).await;
    assert_eq!((reaped.links_expired, reaped.links_swept, reaped.held), (1, 2, 41));
    assert_eq!(env.held().await, (1, 0), "what was spoiled is all there");
}

async fn n15_idle_uploads_have_a_brake_of_their_own(env: TestEnv) {
    let linked = env.link_for(3, 20 * DAY).await;
    let begun = token();
    let object = env.upload(&begun).await;
    env.unlinked(40).await;
    pass(&env.service).await;
    let wrong = env.jump_and_last(&env.service, 10 * 24 * 3600).await;
    assert_eq!((wrong.objects_unlinked, wrong.held), (0, 41));
    let said = held(&env.service).await.expect("it is reported");
    assert!(said.contains("41 uploads") && !said.contains("links fell"), "{said}");
    // Its sender goes on.
    let new = new_link(&LinkAuth::new(random()), 1, 20 * DAY);
    env.service
        .create_link(&begun, None, new)
        .await
        .expect("a link is made");
    assert_eq!(pass(&env.service).await.held, 40);
    // Time passes, and it is over for the others.
    env.advance(UPLOAD_IDLE_IN - 26 * HOUR);
    assert_eq!(pass(&env.service).await.held, 40);
    env.advance(2 * HOUR);
    let reaped = pass(&env.service).await;
    assert_eq!((reaped.objects_unlinked, reaped.held), (40, 0));
    assert_eq!(env.state(&begun, object).await, UploadState::Committed);
    assert_eq!(env.state(&linked.token, linked.object).await, UploadState::Committed);
}
