//! An operator removes a link.

use sealdrop_api::{LinkId, ProblemType, links::LinkState};
use sealdrop_service::{AuditLog, LinkAdmin, Operator, Takedown};

use crate::support::{TestEnv, problem, random};

on_both_databases!(
    o34_a_link_that_was_taken_down_is_gone_at_once,
    o34_whatever_its_state_a_link_is_taken_down,
    o34_its_owner_hears_who_removed_it,
);

async fn admin(env: &TestEnv) -> LinkAdmin {
    let admin = LinkAdmin::open(&env.config.database, Operator::unknown()).await;
    admin.expect("it opens")
}

async fn takedowns(env: &TestEnv) -> Vec<String> {
    let log = AuditLog::open(&env.config.database).await.expect("it opens");
    let rows = log.list(None).await.expect("listed").into_iter();
    rows.filter(|row| row.action == "link-takedown")
        .map(|row| row.subject)
        .collect()
}

async fn o34_a_link_that_was_taken_down_is_gone_at_once(env: TestEnv) {
    let (link, other) = (env.link(3).await, env.link(3).await);
    let claim = env.claim(&link).await.expect("a place");
    env.sign_object(&link, claim).await.expect("signed");
    let done = admin(&env).await.take_down(link.id).await.expect("done");
    let Takedown::Removed { was, sealed_bytes } = done else {
        panic!("{done:?}")
    };
    assert_eq!(was, LinkState::Active);
    assert!(sealed_bytes > 0);
    let opened = env.service.open_link(link.id, &link.auth, &env.origin).await;
    let told = opened.expect_err("removed").into_problem();
    assert_eq!((told.kind, told.status), (ProblemType::LinkRemoved, 410));
    assert!(told.ended_at.is_some());
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkRemoved);
    let running = env.sign_object(&link, claim).await;
    assert_eq!(problem(running), ProblemType::LinkRemoved, "also a download that runs");
    assert_eq!(env.rows_with("links", "link_id", &link.id.0).await, 1);
    assert_eq!(
        env.number("SELECT COUNT(*) FROM links WHERE payload IS NULL").await,
        1,
        "what it sealed is gone"
    );
    assert_eq!(env.held().await.0, 2, "a job deletes its object");
    assert_eq!(env.service.reap().await.expect("a pass").objects_deleted, 1);
    assert_eq!(env.held().await.0, 1, "the other one's is there");
    env.claim(&other).await.expect("and opens");
    assert_eq!(takedowns(&env).await, [link.id.to_string()]);
}

async fn o34_whatever_its_state_a_link_is_taken_down(env: TestEnv) {
    let admin = admin(&env).await;
    assert_eq!(
        admin.take_down(LinkId(random())).await.expect("asked"),
        Takedown::Unknown
    );
    let (revoked, used, expired) = (env.link(1).await, env.link(1).await, env.link_for(1, 5).await);
    env.service
        .revoke_link(&revoked.token, revoked.id)
        .await
        .expect("closed");
    let claim = env.claim(&used).await.expect("a place");
    env.commit(&used, claim).await.expect("downloaded");
    env.advance(10);
    env.service.reap().await.expect("a pass");
    for (link, state) in [
        (&revoked, LinkState::Revoked),
        (&used, LinkState::Exhausted),
        (&expired, LinkState::Expired),
    ] {
        let done = admin.take_down(link.id).await.expect("done");
        assert!(
            matches!(done, Takedown::Removed { was, .. } if was == state),
            "{done:?}"
        );
        assert_eq!(admin.take_down(link.id).await.expect("done"), Takedown::Already);
        let opened = env.service.open_link(link.id, &link.auth, &env.origin).await;
        assert_eq!(problem(opened), ProblemType::LinkRemoved);
    }
    let signed = env.sign_object(&used, claim).await;
    assert_eq!(problem(signed), ProblemType::LinkRemoved, "within its 24 hours");
    assert_eq!(
        env.number("SELECT COUNT(*) FROM links WHERE payload IS NOT NULL").await,
        0,
        "also of one whose owner could have revived it"
    );
    env.service.reap().await.expect("a pass");
    assert_eq!(env.held().await, (0, 0));
    assert_eq!(takedowns(&env).await.len(), 3, "each once");
}

async fn o34_its_owner_hears_who_removed_it(env: TestEnv) {
    let link = env.link(3).await;
    admin(&env).await.take_down(link.id).await.expect("done");
    // A late wish of the owner does not hide it.
    env.service.revoke_link(&link.token, link.id).await.expect("closed");
    let status = env
        .service
        .get_link(&link.token, link.id)
        .await
        .expect("the owner looks");
    assert_eq!(status.state, LinkState::Removed);
    let raised = env.service.change_link(&link.token, link.id, Default::default()).await;
    assert_eq!(problem(raised), ProblemType::LinkRemoved);
}
