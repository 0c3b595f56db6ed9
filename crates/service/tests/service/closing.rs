//! Closing an account: what it stored goes, and nothing of anybody else.

use sealdrop_api::{
    LinkAuth, ObjectId, ProblemType, SessionToken, limits::PART_LEN, links::LinkState, uploads::NewUpload,
};
use sealdrop_service::{Caller, Credentials, Signed};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::support::{TestEnv, TestLink, TestUser, new_link, problem, random, small, token};

on_both_databases!(
    a11_links_of_a_closed_account_end_with_it_and_its_bytes_go,
    a11_what_is_exported_is_the_users
);

impl TestEnv {
    /// The user, signed in a moment ago.
    async fn session_of(&self, user: &TestUser) -> Signed {
        let token = SessionToken::new(random());
        // Long after any clock of a test.
        let late = i64::MAX / 2;
        self.sql(&format!(
            "INSERT INTO sessions (id, user_id, token_hash, created_at, seen_at, renewed_at, expires_at, stepped_up_at) \
             VALUES ({}, {}, {}, 0, {late}, {late}, {late}, {late})",
            self.literal(&random::<16>()),
            self.literal(&user.id),
            self.literal(&Sha256::digest(token.as_bytes())),
        ))
        .await;
        match self
            .service
            .who(&Credentials::Session(token))
            .await
            .expect("the database answers")
            .0
        {
            Caller::User(signed) => signed,
            Caller::Guest => panic!("nobody has the session"),
        }
    }

    async fn committed_of(&self, user: &TestUser, token: &sealdrop_api::OwnerToken) -> ObjectId {
        let id = ObjectId(random());
        let bytes = small(id);
        let new = NewUpload {
            object_id: id,
            sealed_len: Some(bytes.len() as u64),
            part_len: PART_LEN,
        };
        let reserved = self
            .service
            .reserve_upload(token, Some(&user.signed), new, self.client());
        reserved.await.expect("there is room");
        let sent = self.send_parts(token, id, &bytes).await;
        self.service
            .complete_upload(token, id, sent)
            .await
            .expect("it completes");
        id
    }

    async fn link_of(&self, user: &TestUser) -> TestLink {
        let (token, auth) = (token(), LinkAuth::new(random()));
        let object = self.committed_of(user, &token).await;
        let new = new_link(&auth, 2, 3600);
        let (id, seed) = (new.link_id(), new.link_seed);
        let created = self.service.create_link(&token, Some(&user.signed), new).await;
        TestLink {
            id,
            seed,
            auth,
            token,
            object,
            created: created.expect("a link is made"),
        }
    }

    async fn run_jobs_until(&self, held: (usize, usize)) {
        let stop = CancellationToken::new();
        let jobs = tokio::spawn(self.service.clone().run_jobs(stop.clone()));
        for _ in 0..600 {
            self.service.reap().await.expect("a pass");
            if self.held().await == held {
                break;
            }
        }
        stop.cancel();
        jobs.await.expect("it ends when told to");
        assert_eq!(self.held().await, held);
    }
}

async fn a11_links_of_a_closed_account_end_with_it_and_its_bytes_go(env: TestEnv) {
    let (ann, ben) = (env.user().await, env.user().await);
    let (used, open, other, guest) = (
        env.link_of(&ann).await,
        env.link_of(&ann).await,
        env.link_of(&ben).await,
        env.link(2).await,
    );
    let reading = env.claim(&used).await.expect("a place");
    env.claim(&other).await.expect("a place");
    let events = "SELECT COUNT(*) FROM link_events";
    assert_eq!(env.number(events).await, 2, "what happened to the links");
    let (unlinked, begun) = (token(), token());
    env.committed_of(&ann, &unlinked).await;
    let id = ObjectId(random());
    let new = NewUpload {
        object_id: id,
        sealed_len: Some(small(id).len() as u64),
        part_len: PART_LEN,
    };
    let reserved = env.service.reserve_upload(&begun, Some(&ann.signed), new, env.client());
    reserved.await.expect("there is room");
    env.send_parts(&begun, id, &small(id)).await;
    assert_eq!(env.held().await, (5, 1));
    let signed = env.session_of(&ann).await;
    env.service.close_account(&signed).await.expect("closed");
    // Now, before any job has run.
    for link in [&used, &open] {
        assert_eq!(problem(env.claim(link).await), ProblemType::LinkRevoked);
        let status = env.service.get_link(&link.token, link.id).await.expect("it is known");
        assert_eq!(status.state, LinkState::Revoked);
        assert_eq!(
            env.number("SELECT COUNT(*) FROM links WHERE payload IS NOT NULL").await,
            2
        );
    }
    assert_eq!(problem(env.sign_object(&used, reading).await), ProblemType::LinkRevoked);
    env.run_jobs_until((2, 0)).await;
    assert_eq!(env.number(events).await, 1, "to another's only");
    let auth = LinkAuth::new(random());
    let late = env.service.create_link(&unlinked, None, new_link(&auth, 1, 3600)).await;
    assert_eq!(problem(late), ProblemType::UploadsUnfinished);
    assert_eq!(env.space(&ann).await, (0, 0));
    env.assert_space().await;
    for link in [&other, &guest] {
        env.claim(link).await.expect("another's goes on");
    }
}

async fn a11_what_is_exported_is_the_users(env: TestEnv) {
    let (ann, ben) = (env.user().await, env.user().await);
    let (link, _) = (env.link_of(&ann).await, env.link_of(&ben).await);
    let (session, _) = (env.session_of(&ann).await, env.session_of(&ben).await);
    env.claim(&link).await.expect("a place");
    let all = env.service.export_account(&session).await.expect("exported");
    let events: Vec<_> = all.links[0].events.iter().map(|event| (event.kind, event.n)).collect();
    assert_eq!(events, [(sealdrop_api::links::LinkEventKind::Started, 1)]);
    assert_eq!(all.sessions.len(), 1);
    assert_eq!(all.tokens.len(), 1);
    let links: Vec<_> = all
        .links
        .iter()
        .map(|link| (link.link_id, link.state, link.max_downloads))
        .collect();
    assert_eq!(links, [(link.id, LinkState::Active, 2)]);
    assert_eq!(
        problem(env.service.export_account(&ann.signed).await),
        ProblemType::StepUpNeeded
    );
}
