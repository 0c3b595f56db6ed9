//! Another address for an account.

use sealdrop_api::{Challenge, CodeText, ProblemType, SessionToken};

use crate::auth::tests::{Asking, Device, Env, Signed, another_code, on_both_databases, problem};
use crate::auth::{AccountWish, SignUp};

on_both_databases!(
    r26_a_new_address_is_proved_before_anything_changes,
    r26_what_the_old_address_had_ends,
    r26_a_taken_address_looks_like_a_free_one,
    r26_of_racers_one_gets_the_address,
    r25_a_code_for_a_new_address_is_of_its_session,
    r12_who_is_a_user_may_change_to_an_address_outside,
    r01_codes_for_a_new_address_use_up_nothing_of_its_owner,
);

impl Env {
    /// Asks for a code for a new address with a session.
    async fn ask_change(&self, session: &SessionToken, to: &str) -> Challenge {
        let signed = self.who(session).await.expect("signed in");
        let asked = self.service.ask_change_code(&signed, to, Asking::default()).await;
        asked.expect("asked").challenge
    }

    /// The same, and what its mail says; it goes to the new address.
    async fn change_code(&self, session: &SessionToken, to: &str) -> (Challenge, CodeText) {
        let challenge = self.ask_change(session, to).await;
        let mail = self.mail(&challenge).await.expect("a mail");
        assert_eq!(mail.to.deliverable(), to);
        (challenge, CodeText(mail.code))
    }

    async fn change(
        &self,
        session: &SessionToken,
        challenge: &Challenge,
        code: &str,
    ) -> Result<String, crate::error::ServiceError> {
        let signed = self.who(session).await.expect("signed in");
        self.change_as(&signed, challenge, code).await
    }

    async fn change_as(
        &self,
        signed: &Signed,
        challenge: &Challenge,
        code: &str,
    ) -> Result<String, crate::error::ServiceError> {
        let code = CodeText(code.to_owned());
        let wish = AccountWish {
            email: Some((challenge, &code)),
            notices: None,
        };
        let changed = self.service.change_account(signed, wish).await;
        changed.map(|account| account.email.0)
    }

    async fn notices_to(&self, address: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM mails WHERE reason = 'email-changed' AND recipient = '{address}'");
        self.number(&sql).await
    }
}

async fn r26_a_new_address_is_proved_before_anything_changes(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let other = env.sign_in("ann@x.test").await;
    let (challenge, code) = env.change_code(&session, "typo@x.test").await;
    let refused = env.change(&session, &challenge, &another_code(&code.0)).await;
    assert_eq!(problem(refused), ProblemType::CodeWrong);
    let signed = env.who(&session).await.expect("signed in");
    let account = env.service.get_account(&signed).await.expect("a user");
    assert_eq!(account.email.0, "ann@x.test");
    assert!(env.who(&other).await.is_some());
    assert_eq!(env.notices_to("ann@x.test").await, 0);
    let again = env.sign_in("ann@x.test").await;
    assert_eq!(env.who(&again).await.expect("signed in").user_id(), signed.user_id());
    // A code that signs in changes no address, and the other way around.
    let (sign_in, sign_in_code) = env.code("ann@x.test").await;
    let crossed = env.change(&session, &sign_in, &sign_in_code.0).await;
    assert_eq!(problem(crossed), ProblemType::CodeEnded);
    assert_eq!(problem(env.answer(&challenge, &code.0).await), ProblemType::CodeEnded);
    // Ten minutes later nothing can come of it.
    env.pass(601).await;
    let late = env.change(&session, &challenge, &code.0).await;
    assert_eq!(problem(late), ProblemType::CodeEnded);
    assert_eq!(env.number("SELECT COUNT(*) FROM users").await, 1);
}

async fn r26_what_the_old_address_had_ends(env: Env) {
    let (session, two) = (env.sign_in("ann@x.test").await, env.sign_in("ann@x.test").await);
    let token = env.token_of("ann@x.test").await;
    let stranger = env.sign_in("eve@x.test").await;
    let (old, old_code) = env.code("ann@x.test").await;
    let (unsent, _) = (env.ask("ann@x.test").await.challenge, ());
    let user = env.who(&session).await.expect("signed in").user_id();
    let (challenge, code) = env.change_code(&session, "new@y.test").await;
    let changed = env.change(&session, &challenge, &code.0).await.expect("changed");
    assert_eq!(changed, "new@y.test");
    assert_eq!(problem(env.answer(&old, &old_code.0).await), ProblemType::CodeEnded);
    assert!(env.mail(&unsent).await.is_none(), "no dead code goes out");
    assert!(env.who(&two).await.is_none() && !env.is_user(&token).await);
    assert!(env.who(&session).await.is_some() && env.who(&stranger).await.is_some());
    assert_eq!(
        (env.notices_to("ann@x.test").await, env.notices_to("new@y.test").await),
        (1, 0)
    );
    let twice = env.change(&session, &challenge, &code.0).await;
    assert_eq!(problem(twice), ProblemType::CodeEnded);
    let later = env.sign_in("new@y.test").await;
    assert_eq!(env.who(&later).await.expect("signed in").user_id(), user);
    // Whoever signs up with the old address is somebody else.
    let somebody = env.sign_in("ann@x.test").await;
    assert_ne!(env.who(&somebody).await.expect("signed in").user_id(), user);
}

async fn r26_a_taken_address_looks_like_a_free_one(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let two = env.sign_in("ann@x.test").await;
    env.sign_in("carl@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let ask = async |to: &str| {
        let asked = env.service.ask_change_code(&signed, to, Asking::default()).await;
        let asked = asked.expect("asked");
        (asked.challenge, asked.expires_in, asked.resend_in)
    };
    let (free, taken) = (ask("free@x.test").await, ask("Carl@X.test").await);
    assert_eq!((free.1, free.2), (taken.1, taken.2));
    let code = env.mail(&taken.0).await.expect("a mail").code;
    let refused = env.change(&session, &taken.0, &another_code(&code)).await;
    assert_eq!(problem(refused), ProblemType::CodeWrong, "a guesser learns nothing");
    let refused = env.change(&session, &taken.0, &code).await;
    assert_eq!(problem(refused), ProblemType::EmailTaken);
    let account = env.service.get_account(&signed).await.expect("a user");
    assert_eq!(account.email.0, "ann@x.test");
    assert!(env.who(&two).await.is_some(), "nothing ended");
    assert_eq!(
        env.number("SELECT COUNT(*) FROM mails WHERE reason = 'email-changed'")
            .await,
        0
    );
    let own = env
        .service
        .ask_change_code(&signed, "ANN@x.test", Asking::default())
        .await;
    assert_eq!(problem(own), ProblemType::InvalidRequest, "it is theirs");
    let none = env
        .service
        .ask_change_code(&signed, "no address", Asking::default())
        .await;
    assert_eq!(problem(none), ProblemType::InvalidRequest);
}

/// Two users want one address, and one user two, at the same time.
async fn r26_of_racers_one_gets_the_address(env: Env) {
    let (ann, ben) = (env.sign_in("ann@x.test").await, env.sign_in("ben@x.test").await);
    let (anns, bens) = (
        env.change_code(&ann, "new@x.test").await,
        env.change_code(&ben, "new@x.test").await,
    );
    let (one, two) = futures::join!(
        env.change(&ann, &anns.0, &anns.1.0),
        env.change(&ben, &bens.0, &bens.1.0)
    );
    let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(won.expect("one of them"), "new@x.test");
    assert_eq!(problem(lost), ProblemType::EmailTaken);
    let (one, two) = (env.sign_in("cleo@x.test").await, env.sign_in("cleo@x.test").await);
    let (to_one, to_two) = (
        env.change_code(&one, "one@x.test").await,
        env.change_code(&two, "two@x.test").await,
    );
    // Both are signed in when they begin; whichever is first ends the other's session.
    let (first, second) = (env.who(&one).await, env.who(&two).await);
    let (first, second) = (first.expect("signed in"), second.expect("signed in"));
    let done = futures::join!(
        env.change_as(&first, &to_one.0, &to_one.1.0),
        env.change_as(&second, &to_two.0, &to_two.1.0)
    );
    assert!(done.0.is_ok() != done.1.is_ok(), "{done:?}");
    let live = "SELECT COUNT(*) FROM sessions AS s JOIN users AS u ON u.id = s.user_id \
                WHERE s.ended_at IS NULL AND u.canonical IN ('one@x.test', 'two@x.test')";
    assert_eq!(env.number(live).await, 1);
}

async fn r25_a_code_for_a_new_address_is_of_its_session(env: Env) {
    let (one, two) = (env.sign_in("ann@x.test").await, env.sign_in("ann@x.test").await);
    let (challenge, code) = env.change_code(&one, "new@y.test").await;
    let elsewhere = env.change(&two, &challenge, &code.0).await;
    assert_eq!(problem(elsewhere), ProblemType::CodeEnded, "another session");
    let eve = env.sign_in("eve@x.test").await;
    let hers = env.change(&eve, &challenge, &code.0).await;
    assert_eq!(problem(hers), ProblemType::CodeEnded, "another user");
    let token = env.token_of("ann@x.test").await;
    let token = env.user_of(&token).await.expect("a user");
    let asked = env.service.ask_change_code(&token, "z@y.test", Asking::default()).await;
    assert_eq!(problem(asked), ProblemType::StepUpNeeded);
    let wish = AccountWish {
        email: Some((&challenge, &code)),
        notices: None,
    };
    let by_token = env.service.change_account(&token, wish).await;
    assert_eq!(problem(by_token), ProblemType::StepUpNeeded);
    // The step-up is judged when the code is asked for.
    env.pass(590).await;
    env.change(&one, &challenge, &code.0).await.expect("changed");
    env.pass(20).await;
    let signed = env.who(&one).await.expect("signed in");
    let late = env
        .service
        .ask_change_code(&signed, "z@y.test", Asking::default())
        .await;
    assert_eq!(problem(late), ProblemType::StepUpNeeded);
}

async fn r12_who_is_a_user_may_change_to_an_address_outside(env: Env) {
    let session = env.sign_in("a@school.test").await;
    for sign_up in [SignUp::Off, SignUp::invited(["school.test"]).expect("a list")] {
        let service = env.another(|auth| auth.sign_up = sign_up.clone()).await;
        let signed = env.who(&session).await.expect("signed in");
        let asked = service
            .ask_change_code(&signed, "a@elsewhere.test", Asking::default())
            .await;
        let id = crate::auth::tests::id_of(&asked.expect("asked").challenge);
        assert!(
            service.code_mail(&id).await.expect("it is decided").is_some(),
            "{sign_up:?}"
        );
    }
    let (challenge, code) = env.change_code(&session, "a@elsewhere.test").await;
    env.change(&session, &challenge, &code.0).await.expect("changed");
}

/// Neither the codes that browsers of its owner may have, nor more than any stranger could.
async fn r01_codes_for_a_new_address_use_up_nothing_of_its_owner(env: Env) {
    let (_, mark) = env.sign_in_with_mark("victim@x.test").await;
    env.pass(7200).await;
    let eve = env.sign_in("eve@x.test").await;
    let mut sent = 0;
    for _ in 0..12 {
        let challenge = env.ask_change(&eve, "victim@x.test").await;
        sent += i64::from(env.mail(&challenge).await.is_some());
    }
    assert_eq!(sent, 5);
    let asking = Asking {
        device: Some(&mark),
        ..Asking::default()
    };
    let asked = env.service.ask_sign_in_code("victim@x.test", asking).await;
    let challenge = asked.expect("asked").challenge;
    let mail = env.mail(&challenge).await.expect("the owner gets one");
    let device = Device::default();
    let code = CodeText(mail.code);
    let signed_in = env.service.sign_in(&challenge, &code, None, &device, None).await;
    signed_in.expect("signed in");
}
