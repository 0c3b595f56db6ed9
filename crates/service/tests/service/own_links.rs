//! Links of users: listed for them alone, and paused.

use sealdrop_api::{
    LinkAuth, LinkId, ObjectId, ProblemType,
    claims::{ClaimState, NewClaim, ObjectsToSign, Purpose},
    links::LinkChange,
};

use crate::support::{TestEnv, TestUser, claim_id, new_link, problem, random, token};

on_both_databases!(
    links_of_a_user_are_listed_by_page,
    p02_a_forgotten_link_is_nobodys,
    s05_a_link_of_a_user_is_theirs_alone,
    p01_a_paused_link_opens_for_nobody_and_loses_nothing,
);

impl TestEnv {
    async fn owned_link(&self, user: &TestUser) -> (LinkId, LinkAuth, ObjectId) {
        let (owner, auth) = (token(), LinkAuth::new(random()));
        let object = self.upload(&owner).await;
        let new = new_link(&auth, 3, 3600);
        let id = new.link_id();
        let made = self.service.create_link(&owner, Some(&user.signed), new).await;
        made.expect("made");
        (id, auth, object)
    }
}

async fn links_of_a_user_are_listed_by_page(env: TestEnv) {
    let (user, other) = (env.user().await, env.user().await);
    let (first, ..) = env.owned_link(&user).await;
    env.owned_link(&other).await;
    env.link(1).await;
    let listed = env.service.list_links(&user.signed, 0).await.expect("listed");
    assert_eq!(
        (listed.links.len(), listed.next),
        (1, None),
        "no other's, and no guest's"
    );
    let status = env.service.get_link(&user.signed, first).await.expect("it is theirs");
    assert_eq!(listed.links[0], status);
    assert_eq!(status.created_at.map(|at| at <= env.now()), Some(true));
    // As many as two pages and one, made past the service.
    let id = env.literal(&user.id);
    let number = |n: &str| {
        if env.config.database.url.starts_with("sqlite") {
            format!("CAST(printf('%016d', {n}) AS BLOB)")
        } else {
            format!("convert_to(lpad({n}::text, 16, '0'), 'UTF8')")
        }
    };
    env.sql(&format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 200) \
         INSERT INTO links (link_id, request_hash, rev, sealed_bytes, max_downloads, created_at, expires_at, user_id) \
         SELECT {0}, {0}, 1, 1, 1, n % 7, 1, {id} FROM many",
        number("n")
    ))
    .await;
    let (mut seen, mut after) = (Vec::new(), Some(0));
    while let Some(from) = after {
        let page = env.service.list_links(&user.signed, from).await.expect("listed");
        assert!(page.links.len() <= 100);
        seen.extend(page.links.iter().map(|link| (link.created_at, link.link_id)));
        after = page.next;
    }
    assert_eq!(seen.len(), 201);
    assert_eq!(seen[0].1, first, "the newest first");
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "none twice");
}

async fn p02_a_forgotten_link_is_nobodys(env: TestEnv) {
    let user = env.user().await;
    let (id, ..) = env.owned_link(&user).await;
    let number = async || {
        let listed = env.service.list_links(&user.signed, 0).await;
        listed.expect("listed").links.len()
    };
    env.service.revoke_link(&user.signed, id).await.expect("theirs");
    env.advance(29 * 24 * 3600);
    env.service.reap().await.expect("a pass");
    assert_eq!(number().await, 1, "it says how it ended");
    env.advance(2 * 24 * 3600);
    env.service.reap().await.expect("a pass");
    assert_eq!(number().await, 0);
    assert_eq!(
        env.number("SELECT COUNT(*) FROM links WHERE user_id IS NOT NULL").await,
        0
    );
}

async fn s05_a_link_of_a_user_is_theirs_alone(env: TestEnv) {
    let (user, other) = (env.user().await, env.user().await);
    let (id, ..) = env.owned_link(&user).await;
    let guests = env.link(1).await;
    for (signed, id) in [
        (&other.signed, id),
        (&other.signed, guests.id),
        (&user.signed, guests.id),
    ] {
        let change = LinkChange::default();
        let answers = [
            problem(env.service.get_link(signed, id).await),
            problem(env.service.change_link(signed, id, change).await),
            problem(env.service.revoke_link(signed, id).await),
        ];
        assert_eq!(answers, [ProblemType::LinkNotFound; 3]);
    }
    env.service.revoke_link(&user.signed, id).await.expect("theirs");
    env.assert_space().await;
    assert_eq!(env.space(&user).await, (0, 0));
}

async fn p01_a_paused_link_opens_for_nobody_and_loses_nothing(env: TestEnv) {
    let user = env.user().await;
    let (id, auth, object) = env.owned_link(&user).await;
    let pause = async |paused| {
        let change = LinkChange {
            paused: Some(paused),
            ..LinkChange::default()
        };
        env.service
            .change_link(&user.signed, id, change)
            .await
            .expect("changed")
    };
    let claim = |purpose| NewClaim {
        auth: auth.clone(),
        claim_id: claim_id(),
        purpose,
    };
    let going_on = claim(Purpose::Download);
    env.service.create_claim(id, going_on.clone()).await.expect("a place");
    assert!(pause(true).await.paused);
    let again = pause(true).await;
    assert_eq!((again.paused, again.active), (true, 1));
    assert_eq!(
        problem(env.service.open_link(id, &auth, &env.origin).await),
        ProblemType::LinkPaused
    );
    for purpose in [Purpose::Download, Purpose::Preview] {
        let refused = env.service.create_claim(id, claim(purpose)).await;
        assert_eq!(problem(refused), ProblemType::LinkPaused, "{purpose:?}");
    }
    let wrong = env.service.open_link(id, &LinkAuth::new(random()), &env.origin).await;
    assert_eq!(problem(wrong), ProblemType::LinkNotFound);
    // What goes on comes to its end, and counts.
    let objects = ObjectsToSign {
        auth: auth.clone(),
        objects: vec![object],
    };
    let signed = env
        .service
        .sign_objects(id, going_on.claim_id, objects, &env.origin)
        .await;
    assert_eq!(signed.expect("signed").urls.len(), 1);
    let done = env
        .service
        .commit_claim(id, going_on.claim_id, &auth)
        .await
        .expect("it ends");
    assert_eq!(done.state, ClaimState::Committed);
    let open = pause(false).await;
    assert_eq!((open.paused, open.used, open.active, open.failed), (false, 1, 0, 0));
    let opened = env.service.open_link(id, &auth, &env.origin).await.expect("it opens");
    assert_eq!(opened.downloads_left, 2);
    env.service
        .create_claim(id, claim(Purpose::Download))
        .await
        .expect("a place");
    // One that has ended is said to have, paused or not.
    pause(true).await;
    env.service.revoke_link(&user.signed, id).await.expect("ended");
    assert_eq!(
        problem(env.service.open_link(id, &auth, &env.origin).await),
        ProblemType::LinkRevoked
    );
}
