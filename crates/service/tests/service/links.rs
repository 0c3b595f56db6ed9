//! Links: made once, opened by who holds the bearer, owned by who holds the token.

use sealdrop_api::{
    LinkAuth, LinkId, LinkSeed, ObjectId, Problem, ProblemType, SealedBytes, Verifier,
    claims::{NewClaim, ObjectsToSign, Purpose},
    links::{LinkChange, LinkState},
};
use sha2::{Digest, Sha256};

use crate::support::{TestEnv, TestLink, new_link, object, problem, random, token};

on_both_databases!(
    a_link_is_made_once,
    n16_who_knows_an_id_cannot_ask_for_it,
    a_link_opens_for_its_bearer_alone,
    s01_every_refusal_is_one_and_the_same,
    s01_how_a_link_ended_is_told_to_who_holds_it,
    limits_are_held,
    an_owner_changes_what_is_named,
    s06_a_revoked_link_signs_nothing_more,
    s06_an_address_dies_within_five_minutes,
    a_list_of_files_is_signed_with_the_payload,
);

fn verifier_of(auth: &LinkAuth) -> Verifier {
    Verifier::new(Sha256::digest(auth.as_bytes()).into())
}

async fn a_link_is_made_once(env: TestEnv) {
    let (token, auth) = (token(), LinkAuth::new(random()));
    env.upload(&token).await;
    env.upload(&token).await;
    let new = new_link(&auth, 3, 600);
    let made = env.service.create_link(&token, None, new.clone()).await.expect("made");
    assert_eq!((made.max_downloads, made.sealed_bytes), (3, 2 * 65_536));
    env.advance(5);
    assert_eq!(
        env.service.create_link(&token, None, new.clone()).await.expect("again"),
        made
    );
    let mut other = new.clone();
    other.max_downloads = 4;
    assert_eq!(
        problem(env.service.create_link(&token, None, other).await),
        ProblemType::LinkExists
    );
    let mut second = new.clone();
    second.link_seed = LinkSeed(random());
    assert_eq!(
        problem(env.service.create_link(&token, None, second).await),
        ProblemType::LinkExists
    );
    let stranger = crate::support::token();
    assert_eq!(
        problem(env.service.create_link(&stranger, None, new.clone()).await),
        ProblemType::UploadsUnfinished,
        "a client that has sent nothing does not learn which ids there are"
    );
    env.upload(&stranger).await;
    assert_eq!(
        problem(env.service.create_link(&stranger, None, new).await),
        ProblemType::LinkExists
    );
}

/// The path of a link shows its id and not the seed of the id: no answer says that an id is taken.
async fn n16_who_knows_an_id_cannot_ask_for_it(env: TestEnv) {
    let link = env.link(2).await;
    let (stranger, auth) = (token(), LinkAuth::new(random()));
    env.upload(&stranger).await;
    let mut new = new_link(&auth, 1, 60);
    new.link_seed = LinkSeed(link.id.0);
    let made = env
        .service
        .create_link(&stranger, None, new)
        .await
        .expect("a link of their own");
    assert_ne!(made.link_id, link.id);
}

async fn a_link_opens_for_its_bearer_alone(env: TestEnv) {
    let link = env.link(2).await;
    let opened = env
        .service
        .open_link(link.id, &link.auth, &env.origin)
        .await
        .expect("it opens");
    assert_eq!((opened.rev, opened.downloads_left, opened.max_downloads), (1, 2, 2));
    assert_eq!(opened.expires_at, link.created.expires_at);
    assert!(opened.manifest.is_none());
    env.service
        .open_link(link.id, &link.auth, &env.origin)
        .await
        .expect("it opens again");
    let status = env
        .service
        .get_link(&link.token, link.id)
        .await
        .expect("the owner looks");
    assert_eq!(
        (status.state, status.opened, status.used, status.active),
        (LinkState::Active, 2, 0, 0)
    );
    // The database hold neither bearer nor token.
    assert_eq!(env.rows_with("links", "verifier", link.auth.as_bytes()).await, 0);
    assert_eq!(env.rows_with("links", "token_hash", link.token.as_bytes()).await, 0);
    assert_eq!(env.rows_with("uploads", "token_hash", link.token.as_bytes()).await, 0);
    assert_eq!(
        env.rows_with("links", "verifier", verifier_of(&link.auth).as_bytes())
            .await,
        1,
        "the search works"
    );
}

/// Unknown, wrong bearer, wrong token; of an open, an ended and a forgotten link: one answer.
async fn s01_every_refusal_is_one_and_the_same(env: TestEnv) {
    let forgotten = env.link_for(1, 2).await;
    env.advance(3);
    env.service.reap().await.expect("a pass");
    env.advance(31 * 24 * 3600);
    assert_eq!(env.service.reap().await.expect("a pass").tombstones_dropped, 1);
    let [expired, exhausted, revoked] = ended(&env).await;
    let open = env.link(1).await;
    let (auth, owner) = (LinkAuth::new(random()), token());
    let expected: Problem = ProblemType::LinkNotFound.into();
    // Its former holder gets no more than a stranger.
    for right in [
        env.service
            .open_link(forgotten.id, &forgotten.auth, &env.origin)
            .await
            .map(drop),
        env.claim(&forgotten).await.map(drop),
        env.service.get_link(&forgotten.token, forgotten.id).await.map(drop),
        env.service.revoke_link(&forgotten.token, forgotten.id).await,
    ] {
        assert_eq!(right.expect_err("forgotten").into_problem(), expected);
    }
    for id in [
        open.id,
        expired.id,
        exhausted.id,
        revoked.id,
        forgotten.id,
        LinkId(random()),
    ] {
        let claim = NewClaim {
            auth: auth.clone(),
            claim_id: crate::support::claim_id(),
            purpose: Purpose::Download,
        };
        let objects = ObjectsToSign {
            auth: auth.clone(),
            objects: vec![open.object],
        };
        let answers = [
            env.service.open_link(id, &auth, &env.origin).await.map(drop),
            env.service.create_claim(id, claim.clone()).await.map(drop),
            env.service
                .sign_objects(id, claim.claim_id, objects, &env.origin)
                .await
                .map(drop),
            env.service.commit_claim(id, claim.claim_id, &auth).await.map(drop),
            env.service
                .release_claim(id, claim.claim_id, crate::support::release(&auth))
                .await
                .map(drop),
            env.service.get_link(&owner, id).await.map(drop),
            env.service
                .change_link(&owner, id, LinkChange::default())
                .await
                .map(drop),
            env.service.revoke_link(&owner, id).await,
            // The owner's token is no bearer, and the other way round.
            env.service
                .open_link(id, &LinkAuth::new(*open.token.as_bytes()), &env.origin)
                .await
                .map(drop),
            env.service
                .get_link(&sealdrop_api::OwnerToken::new(*open.auth.as_bytes()), id)
                .await
                .map(drop),
        ];
        for answer in answers {
            assert_eq!(answer.expect_err("refused").into_problem(), expected);
        }
    }
    env.service
        .open_link(open.id, &open.auth, &env.origin)
        .await
        .expect("the others are not shut out");
}

/// A link of each end: expired, exhausted, revoked.
pub(crate) async fn ended(env: &TestEnv) -> [TestLink; 3] {
    let expired = env.link_for(1, 2).await;
    env.advance(3);
    let (exhausted, revoked) = (env.link(1).await, env.link(1).await);
    let claim = env.claim(&exhausted).await.expect("a place");
    env.commit(&exhausted, claim).await.expect("counted");
    env.service
        .revoke_link(&revoked.token, revoked.id)
        .await
        .expect("closed");
    [expired, exhausted, revoked]
}

/// On every route that the end stops, with the moment of it; before the reaper came by and after.
async fn s01_how_a_link_ended_is_told_to_who_holds_it(env: TestEnv) {
    let links = ended(&env).await;
    for pass in ["before the reaper", "after it"] {
        for (link, kind, state) in [
            (&links[0], ProblemType::LinkExpired, LinkState::Expired),
            (&links[1], ProblemType::LinkExhausted, LinkState::Exhausted),
            (&links[2], ProblemType::LinkRevoked, LinkState::Revoked),
        ] {
            let told = [
                env.service.open_link(link.id, &link.auth, &env.origin).await.map(drop),
                env.claim(link).await.map(drop),
                env.service
                    .change_link(&link.token, link.id, LinkChange::default())
                    .await
                    .map(drop),
            ];
            for answer in told {
                let problem = answer.expect_err("it ended").into_problem();
                assert_eq!(problem.kind, kind, "{pass}");
                assert!(problem.ended_at.is_some(), "{pass}: {kind:?} says when");
            }
            let status = env
                .service
                .get_link(&link.token, link.id)
                .await
                .expect("the owner looks");
            assert_eq!(status.state, state, "{pass}");
        }
        env.service.reap().await.expect("a pass");
    }
}

async fn limits_are_held(env: TestEnv) {
    let (token, auth) = (token(), LinkAuth::new(random()));
    env.upload(&token).await;
    let max = env.service.limits();
    let refused = |change: fn(&mut sealdrop_api::links::NewLink)| {
        let mut new = new_link(&auth, 1, 60);
        change(&mut new);
        let (service, token) = (env.service.clone(), token.clone());
        async move {
            service
                .create_link(&token, None, new)
                .await
                .expect_err("refused")
                .into_problem()
        }
    };
    assert_eq!(
        refused(|new| new.expires_in = 0).await.kind,
        ProblemType::InvalidRequest
    );
    assert_eq!(
        refused(|new| new.max_downloads = 0).await.kind,
        ProblemType::InvalidRequest
    );
    assert_eq!(
        refused(|new| new.payload = SealedBytes(vec![0; 1000])).await.kind,
        ProblemType::InvalidRequest
    );
    assert_eq!(
        refused(|new| new.manifest = Some(ObjectId([9; 16]))).await.kind,
        ProblemType::InvalidRequest
    );
    let long = refused(|new| new.expires_in = u64::MAX).await;
    assert_eq!(
        (long.kind, long.limit),
        (ProblemType::TooLarge, Some(max.max_expires_in))
    );
    let many = refused(|new| new.max_downloads = u32::MAX).await;
    assert_eq!(
        (many.kind, many.limit),
        (ProblemType::TooLarge, Some(max.max_downloads.into()))
    );
    env.service
        .create_link(&token, None, new_link(&auth, max.max_downloads, max.max_expires_in))
        .await
        .expect("the most");
}

async fn an_owner_changes_what_is_named(env: TestEnv) {
    let link = env.link(1).await;
    let change = |change| env.service.change_link(&link.token, link.id, change);
    let changed = change(LinkChange {
        max_downloads: Some(5),
        ..Default::default()
    })
    .await
    .expect("changed");
    assert_eq!(
        (changed.max_downloads, changed.expires_at, changed.rev),
        (5, link.created.expires_at, 1)
    );
    let changed = change(LinkChange {
        expires_in: Some(7200),
        ..Default::default()
    })
    .await
    .expect("changed");
    assert!(changed.expires_at > link.created.expires_at);
    let (auth, payload) = (LinkAuth::new(random()), SealedBytes(random::<{ 84 + 64 }>().to_vec()));
    let resealed = LinkChange {
        rev: Some(2),
        payload: Some(payload.clone()),
        verifier: Some(verifier_of(&auth)),
        ..Default::default()
    };
    assert_eq!(change(resealed.clone()).await.expect("changed").rev, 2);
    assert_eq!(change(resealed.clone()).await.expect("a repeat").rev, 2);
    let other = LinkChange {
        payload: Some(SealedBytes(random::<{ 84 + 64 }>().to_vec())),
        ..resealed.clone()
    };
    assert_eq!(problem(change(other.clone()).await), ProblemType::RevConflict);
    assert_eq!(
        problem(change(LinkChange { rev: Some(4), ..other }).await),
        ProblemType::RevConflict
    );
    let half = LinkChange {
        rev: Some(3),
        ..Default::default()
    };
    assert_eq!(problem(change(half).await), ProblemType::InvalidRequest);
    let old = env.service.open_link(link.id, &link.auth, &env.origin).await;
    assert_eq!(
        problem(old),
        ProblemType::LinkNotFound,
        "the old password opens nothing"
    );
    let opened = env
        .service
        .open_link(link.id, &auth, &env.origin)
        .await
        .expect("the new one opens");
    assert_eq!((opened.payload, opened.rev), (payload, 2));
    env.service.revoke_link(&link.token, link.id).await.expect("closed");
    assert_eq!(problem(change(LinkChange::default()).await), ProblemType::LinkRevoked);
}

async fn s06_a_revoked_link_signs_nothing_more(env: TestEnv) {
    let link = env.link(3).await;
    let claim = env.claim(&link).await.expect("a place");
    env.sign_object(&link, claim).await.expect("signed");
    env.service.revoke_link(&link.token, link.id).await.expect("closed");
    env.service
        .revoke_link(&link.token, link.id)
        .await
        .expect("closed, again");
    assert_eq!(problem(env.sign_object(&link, claim).await), ProblemType::LinkRevoked);
    assert_eq!(problem(env.claim(&link).await), ProblemType::LinkRevoked);
    let opened = env.service.open_link(link.id, &link.auth, &env.origin).await;
    let told = opened.expect_err("closed").into_problem();
    assert!(told.kind == ProblemType::LinkRevoked && told.ended_at.is_some());
    let status = env
        .service
        .get_link(&link.token, link.id)
        .await
        .expect("the owner looks");
    assert_eq!(status.state, LinkState::Revoked);
    assert_eq!(env.service.reap().await.expect("a pass").objects_deleted, 1);
    assert_eq!(env.held().await, (0, 0));
}

/// Who has an address keeps it until it dies by itself: 300 seconds after it was signed, by the bucket's clock.
async fn s06_an_address_dies_within_five_minutes(env: TestEnv) {
    let link = env.link(3).await;
    let claim = env.claim(&link).await.expect("a place");
    let signed = env.sign_object(&link, claim).await.expect("signed");
    let url = &signed.urls[0].url;
    assert!(url.contains("X-Amz-Expires=300&"), "{url}");
    let key = url
        .split('?')
        .next()
        .and_then(|path| path.strip_prefix("/blobs/"))
        .expect("an address of the bucket");
    #[expect(clippy::disallowed_methods, reason = "the bucket looks at the real clock")]
    let now = std::time::SystemTime::now();
    let aged = async |seconds: u64| {
        let lives = aws_sdk_s3::presigning::PresigningConfig::builder()
            .start_time(now - std::time::Duration::from_secs(seconds))
            .expires_in(std::time::Duration::from_secs(300))
            .build()
            .expect("five minutes");
        let address = env.s3().get_object().bucket("blobs").key(key).presigned(lives).await;
        let address = address.expect("signed").uri().to_owned();
        env.http.get(address).send().await.expect("an answer").status()
    };
    assert_eq!(aged(290).await, 200, "it lives so long");
    assert_eq!(aged(301).await, 403, "and no longer");
    env.service.revoke_link(&link.token, link.id).await.expect("closed");
    env.service.reap().await.expect("a pass");
    assert_eq!(
        env.get(url).await.status(),
        404,
        "without the object it is refused immediately"
    );
}

async fn a_list_of_files_is_signed_with_the_payload(env: TestEnv) {
    let (token, auth) = (token(), LinkAuth::new(random()));
    env.upload(&token).await;
    let manifest = env.upload(&token).await;
    let huge = ObjectId(random());
    let bytes = object(huge, 35 << 20);
    let sent = env.send(&token, huge, &bytes).await;
    env.service
        .complete_upload(&token, huge, sent)
        .await
        .expect("committed");
    let mut new = new_link(&auth, 1, 60);
    new.manifest = Some(huge);
    assert_eq!(
        problem(env.service.create_link(&token, None, new.clone()).await),
        ProblemType::InvalidRequest
    );
    new.manifest = Some(manifest);
    env.service.create_link(&token, None, new.clone()).await.expect("made");
    let opened = env
        .service
        .open_link(new.link_id(), &auth, &env.origin)
        .await
        .expect("it opens");
    let signed = opened.manifest.expect("the list of files");
    assert_eq!((signed.object_id, signed.sealed_len), (manifest, 65_536));
    let got = env
        .http
        .get(env.resolve(&signed.url))
        .header("if-match", &signed.etag)
        .send()
        .await
        .expect("an answer");
    assert_eq!(got.status(), 200);
    assert_eq!(&got.bytes().await.expect("bytes")[16..32], manifest.as_bytes());
    assert!(signed.url.contains("X-Amz-SignedHeaders=host&") && signed.url.contains("X-Amz-Expires=300&"));
}
