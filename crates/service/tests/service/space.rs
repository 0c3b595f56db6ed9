//! The space of an account: nobody gets more than there is, and what is given back is given back once.

use std::sync::Arc;

use sealdrop_api::{
    LinkAuth, ObjectId, OwnerToken, Problem, ProblemType,
    limits::PART_LEN,
    links::LinkState,
    uploads::{NewUpload, PartsSent, UploadState},
};
use sealdrop_service::{ServiceError, Signed};

use crate::support::{Fault, TestEnv, TestUser, new_link, problem, random, small, token};

on_both_databases!(
    q01_two_hundred_racers_get_not_a_byte_too_much,
    q01_a_pipe_grows_into_the_space_of_its_user,
    q01_what_was_begun_before_signing_in_is_taken_over_or_refused,
    q03_what_is_kept_is_what_arrived,
    q04_over_quota_everything_but_sending_works,
    q02_what_was_begun_and_left_gives_its_space_back,
    q05_space_is_given_back_once,
    q05_given_up_and_forgotten_uploads_give_their_space_back,
    limits_are_of_whoever_asks,
);

/// Sealed bytes of what [`small`] makes.
const SMALL: u64 = 65_536;

impl TestEnv {
    async fn reserve_for(
        &self,
        user: Option<&Signed>,
        token: &OwnerToken,
        sealed_len: Option<u64>,
    ) -> Result<ObjectId, ServiceError> {
        let new = NewUpload {
            object_id: ObjectId(random()),
            sealed_len,
            part_len: PART_LEN,
        };
        let id = new.object_id;
        let reserved = self.service.reserve_upload(token, user, new, self.client());
        reserved.await.map(|_| id)
    }

    /// A small object of a user, committed.
    async fn upload_for(&self, user: &TestUser, token: &OwnerToken) -> ObjectId {
        let id = self.reserve_for(Some(&user.signed), token, Some(SMALL)).await;
        let id = id.expect("there is room");
        let sent = self.send_parts(token, id, &small(id)).await;
        self.complete(token, id, sent).await;
        id
    }

    async fn complete(&self, token: &OwnerToken, id: ObjectId, sent: PartsSent) {
        let done = self.service.complete_upload(token, id, sent).await;
        assert_eq!(done.expect("it completes").state, UploadState::Committed);
    }

    async fn sign_whole_part(&self, token: &OwnerToken, id: ObjectId, n: u32) -> Result<String, ServiceError> {
        self.sign(token, id, n, PART_LEN).await
    }
}

fn over_quota<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> (u64, u64) {
    let Problem { kind, used, limit, .. } = result.expect_err("a refusal").into_problem();
    assert_eq!(kind, ProblemType::QuotaExceeded);
    (used.expect("what is used"), limit.expect("the quota"))
}

async fn q01_two_hundred_racers_get_not_a_byte_too_much(env: TestEnv) {
    let user = env.user().await;
    env.give_space(50 * SMALL + SMALL / 2).await;
    let env = Arc::new(env);
    let racers = (0..200).map(|_| {
        let (env, signed) = (Arc::clone(&env), user.signed.clone());
        tokio::spawn(async move { env.reserve_for(Some(&signed), &token(), Some(SMALL)).await })
    });
    let racers: Vec<_> = racers.collect();
    let mut given = 0;
    for racer in racers {
        match racer.await.expect("it runs") {
            Ok(_) => given += 1,
            refused => {
                let (used, quota) = over_quota(refused);
                assert_eq!(quota, 50 * SMALL + SMALL / 2);
                assert_eq!(used, 50 * SMALL, "what others took, and nothing of what is refused");
            }
        }
    }
    assert_eq!(given, 50);
    assert_eq!(env.space(&user).await, (0, 50 * SMALL as i64));
    env.assert_space().await;
}

async fn q01_a_pipe_grows_into_the_space_of_its_user(env: TestEnv) {
    let user = env.user().await;
    env.give_space(3 * PART_LEN).await;
    let pipes = [token(), token()];
    let mut ids = Vec::new();
    for pipe in &pipes {
        ids.push(env.reserve_for(Some(&user.signed), pipe, None).await.expect("a place"));
    }
    assert_eq!(env.space(&user).await, (0, 0), "nothing is known of its length");
    for (pipe, n) in [(0, 1), (1, 1), (0, 2)] {
        env.sign_whole_part(&pipes[pipe], ids[pipe], n).await.expect("signed");
    }
    let refused = env.sign_whole_part(&pipes[1], ids[1], 2).await;
    assert_eq!(over_quota(refused), (3 * PART_LEN, 3 * PART_LEN));
    // What was signed is signed again.
    env.sign_whole_part(&pipes[1], ids[1], 1).await.expect("signed again");
    assert_eq!(env.space(&user).await, (0, 3 * PART_LEN as i64));
    env.service.delete_upload(&pipes[0], ids[0]).await.expect("given up");
    env.sign_whole_part(&pipes[1], ids[1], 2)
        .await
        .expect("there is room again");
    env.assert_space().await;
}

async fn q01_what_was_begun_before_signing_in_is_taken_over_or_refused(env: TestEnv) {
    let user = env.user().await;
    env.give_space(2 * SMALL).await;
    let (begun, auth) = (token(), LinkAuth::new(random()));
    env.upload(&begun).await;
    assert_eq!(env.space(&user).await, (0, 0), "a guest's is nobody's");
    env.upload_for(&user, &begun).await;
    let new = new_link(&auth, 1, 3600);
    let made = env.service.create_link(&begun, Some(&user.signed), new.clone()).await;
    made.expect("both fit");
    assert_eq!(env.space(&user).await, (2 * SMALL as i64, 0));
    let later = token();
    let left = env.upload(&later).await;
    let more = new_link(&auth, 1, 3600);
    let refused = env.service.create_link(&later, Some(&user.signed), more.clone()).await;
    assert_eq!(over_quota(refused), (2 * SMALL, 2 * SMALL));
    assert_eq!(env.state(&later, left).await, UploadState::Committed, "nothing is lost");
    assert_eq!(env.space(&user).await, (2 * SMALL as i64, 0));
    // Who makes room makes the link.
    env.service.revoke_link(&begun, new.link_id()).await.expect("ended");
    let made = env.service.create_link(&later, Some(&user.signed), more).await;
    made.expect("it fits");
    assert_eq!(env.space(&user).await, (SMALL as i64, 0));
    env.assert_space().await;
}

async fn q03_what_is_kept_is_what_arrived(env: TestEnv) {
    let (user, pipe) = (env.user().await, token());
    let id = env.reserve_for(Some(&user.signed), &pipe, None).await.expect("a place");
    // Addresses of a whole part and one more; what comes is shorter than the first.
    for n in [1, 2] {
        env.sign_whole_part(&pipe, id, n).await.expect("signed");
    }
    assert_eq!(env.space(&user).await, (0, 2 * PART_LEN as i64));
    let sent = env.send_parts(&pipe, id, &small(id)).await;
    let longer = PartsSent {
        sealed_len: 3 * PART_LEN,
        ..sent.clone()
    };
    let more = env.service.complete_upload(&pipe, id, longer).await;
    assert_eq!(problem(more), ProblemType::InvalidRequest, "more than was reserved");
    env.complete(&pipe, id, sent).await;
    assert_eq!(env.space(&user).await, (SMALL as i64, 0));
    env.assert_space().await;
}

async fn q04_over_quota_everything_but_sending_works(env: TestEnv) {
    let (user, auth) = (env.user().await, LinkAuth::new(random()));
    let (linked, kept, going_on) = (token(), token(), token());
    env.upload_for(&user, &linked).await;
    let new = new_link(&auth, 5, 3600);
    let link = new.link_id();
    env.service
        .create_link(&linked, Some(&user.signed), new)
        .await
        .expect("made");
    let unlinked = env.upload_for(&user, &kept).await;
    let open = env.reserve_for(Some(&user.signed), &going_on, Some(SMALL)).await;
    let open = open.expect("there is room");
    // The plan falls.
    env.give_space(SMALL + 1).await;
    let refused = env.reserve_for(Some(&user.signed), &token(), Some(SMALL)).await;
    assert_eq!(over_quota(refused), (3 * SMALL, SMALL + 1));
    let pipe = env.reserve_for(Some(&user.signed), &token(), None).await;
    assert_eq!(over_quota(pipe), (3 * SMALL, SMALL + 1), "not of unknown length either");
    // Nothing is deleted, what goes on comes to its end, and what there is opens.
    let sent = env.send_parts(&going_on, open, &small(open)).await;
    env.complete(&going_on, open, sent).await;
    let mine = env
        .service
        .create_link(&going_on, Some(&user.signed), new_link(&auth, 1, 3600));
    mine.await.expect("a link to what is there");
    let opened = env.service.open_link(link, &auth, &env.origin).await;
    assert_eq!(opened.expect("it opens").downloads_left, 5);
    let account = env.service.get_account(&user.signed).await.expect("it is read");
    assert_eq!(
        (account.used_bytes, account.reserved_bytes, account.quota_bytes),
        (3 * SMALL, 0, SMALL + 1)
    );
    // Guests are not concerned.
    env.upload(&token()).await;
    // Who deletes until there is room sends again.
    env.service.delete_upload(&kept, unlinked).await.expect("deleted");
    env.service.revoke_link(&linked, link).await.expect("ended");
    let status = env.service.get_link(&linked, link).await.expect("it is known");
    assert_eq!(status.state, LinkState::Revoked);
    assert_eq!(env.space(&user).await, (SMALL as i64, 0));
    env.give_space(2 * SMALL).await;
    env.upload_for(&user, &token()).await;
    env.assert_space().await;
}

/// The server dies after it gave the place, or after it took the upload, and nobody comes back.
async fn q02_what_was_begun_and_left_gives_its_space_back(env: TestEnv) {
    let (user, owner) = (env.user().await, token());
    let id = env
        .reserve_for(Some(&user.signed), &owner, Some(SMALL))
        .await
        .expect("a place");
    // Asked again after the answer got lost: the same place.
    let new = NewUpload {
        object_id: id,
        sealed_len: Some(SMALL),
        part_len: PART_LEN,
    };
    let other = env.another().await;
    let again = other.reserve_upload(&owner, Some(&user.signed), new, env.client());
    again.await.expect("the same");
    assert_eq!(env.space(&user).await, (0, SMALL as i64));
    env.upload_for(&user, &token()).await;
    assert_eq!(env.space(&user).await, (SMALL as i64, SMALL as i64));
    // Another process comes to it.
    env.advance(16 * 60);
    other.reap().await.expect("a pass");
    assert_eq!(env.space(&user).await, (SMALL as i64, 0), "no part was signed");
    env.advance(73 * 3600);
    for _ in 0..2 {
        other.reap().await.expect("a pass");
    }
    assert_eq!(env.space(&user).await, (0, 0), "no link was made");
    env.assert_space().await;
}

async fn q05_space_is_given_back_once(env: TestEnv) {
    let (user, owner) = (env.user().await, token());
    let id = env.upload_for(&user, &owner).await;
    let other = env.upload_for(&user, &token()).await;
    assert_ne!(id, other);
    assert_eq!(env.space(&user).await, (2 * SMALL as i64, 0));
    // The bucket does not answer: the intent is written, and that is when the space is free.
    env.bucket.misbehave(Fault::Down);
    let (one, two) = tokio::join!(
        env.service.delete_upload(&owner, id),
        env.service.delete_upload(&owner, id)
    );
    one.expect("noted");
    two.expect("noted");
    assert_eq!(env.space(&user).await, (SMALL as i64, 0));
    // It comes back, and the row is moved on by as many as want to.
    env.bucket.misbehave(Fault::None);
    let another = env.another().await;
    let (one, two, three) = tokio::join!(
        env.service.reap(),
        another.reap(),
        env.service.delete_upload(&owner, id)
    );
    one.expect("a pass");
    two.expect("a pass");
    three.expect("deleted");
    assert_eq!(env.state(&owner, id).await, UploadState::Deleted);
    assert_eq!(env.space(&user).await, (SMALL as i64, 0));
    // The reverse: the bucket lost it, and the row says nothing of that yet.
    env.sql(&format!(
        "UPDATE uploads SET state = 'deleting' WHERE object_id = {}",
        env.literal(&id.0)
    ))
    .await;
    env.service.reap().await.expect("a pass");
    assert_eq!(env.state(&owner, id).await, UploadState::Deleted);
    env.advance(2 * 3600);
    env.service.reap().await.expect("a pass");
    assert_eq!(env.space(&user).await, (SMALL as i64, 0), "the row is forgotten");
    env.assert_space().await;
}

async fn q05_given_up_and_forgotten_uploads_give_their_space_back(env: TestEnv) {
    let user = env.user().await;
    let (silent, begun, whole) = (token(), token(), token());
    env.reserve_for(Some(&user.signed), &silent, Some(SMALL))
        .await
        .expect("a place");
    let id = env.reserve_for(Some(&user.signed), &begun, Some(2 * SMALL)).await;
    let id = id.expect("a place");
    env.sign(&begun, id, 1, 2 * SMALL).await.expect("signed");
    env.upload_for(&user, &whole).await;
    let (used, reserved) = env.space(&user).await;
    assert_eq!(used, SMALL as i64);
    assert_eq!(reserved, 3 * SMALL as i64);
    env.advance(16 * 60);
    env.service.reap().await.expect("a pass");
    assert_eq!(
        env.space(&user).await,
        (used, reserved - SMALL as i64),
        "nobody went on"
    );
    env.assert_space().await;
    // No link took the one, nobody touched the other.
    env.advance(73 * 3600);
    env.service.reap().await.expect("a pass");
    env.advance(2 * 3600);
    env.service.reap().await.expect("a pass");
    assert_eq!(env.space(&user).await, (0, 0));
    env.assert_space().await;
}

async fn limits_are_of_whoever_asks(env: TestEnv) {
    let user = env.user().await;
    let guests = env.service.limits_of(None).await.expect("they are read");
    assert_eq!(guests, env.service.limits());
    env.sql(
        "INSERT INTO plans (name, storage_bytes, max_link_bytes, max_expires_in, max_downloads) \
         VALUES ('small', 1000000, 100000, 7200, 3)",
    )
    .await;
    env.sql("UPDATE users SET plan = 'small'").await;
    let own = env.service.limits_of(Some(&user.signed)).await.expect("they are read");
    assert_eq!(
        (own.max_link_bytes, own.max_expires_in, own.max_downloads),
        (100_000, 7200, 3)
    );
    assert_eq!((own.default_expires_in, own.default_downloads), (7200, 3));
    // And they hold: for the link's bytes, its time and its downloads.
    let owner = token();
    let large = env.reserve_for(Some(&user.signed), &owner, Some(2 * SMALL)).await;
    assert_eq!(problem(large), ProblemType::TooLarge);
    env.upload_for(&user, &owner).await;
    let auth = LinkAuth::new(random());
    for (downloads, expires_in) in [(4, 3600), (1, 7201)] {
        let new = new_link(&auth, downloads, expires_in);
        let made = env.service.create_link(&owner, Some(&user.signed), new).await;
        assert_eq!(problem(made), ProblemType::TooLarge);
    }
    let new = new_link(&auth, 3, 7200);
    let made = env.service.create_link(&owner, Some(&user.signed), new).await;
    made.expect("what the plan allows");
}
