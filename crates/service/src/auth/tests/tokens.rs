//! Access tokens: what they may do, and when they end.

use sealdrop_api::{
    ProblemType, TokenId,
    account::{NewToken, Scope},
};

use super::{DAY, Env, on_both_databases, problem};

on_both_databases!(
    a09_a_token_does_what_its_scopes_say,
    a09_a_token_ends_in_its_time_and_by_its_user,
    a09_tokens_are_asked_for_with_care,
);

fn new(scopes: &[Scope]) -> NewToken {
    NewToken {
        name: "a laptop".to_owned(),
        scopes: scopes.to_vec(),
        expires_in: None,
    }
}

async fn a09_a_token_does_what_its_scopes_say(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    for one in Scope::ALL {
        let made = env.service.create_token(&signed, &new(&[one])).await.expect("made");
        let user = env.user_of(&made.token).await.expect("a user");
        for needed in Scope::ALL {
            let checked = user.check_scope(needed);
            assert_eq!(checked.is_ok(), needed == one, "{one:?} for {needed:?}");
            if let Err(refusal) = checked {
                let refusal = refusal.into_problem();
                assert_eq!((refusal.kind, refusal.scope), (ProblemType::Scope, Some(needed)));
            }
        }
        assert!(signed.check_scope(one).is_ok(), "a session may do everything");
        let made_by_token = env.service.create_token(&user, &new(&[one])).await;
        assert_eq!(problem(made_by_token), ProblemType::StepUpNeeded, "none makes another");
    }
}

async fn a09_a_token_ends_in_its_time_and_by_its_user(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let stranger = env.sign_in("eve@x.test").await;
    let eve = env.who(&stranger).await.expect("signed in");
    let usual = env
        .service
        .create_token(&signed, &new(&[Scope::Read]))
        .await
        .expect("made");
    let mut long = new(&[Scope::Send, Scope::Read, Scope::Send]);
    long.expires_in = Some(365 * DAY);
    let long = env.service.create_token(&signed, &long).await.expect("made");
    assert_eq!(long.scopes, [Scope::Send, Scope::Read]);
    let list = env.service.list_tokens(&signed).await.expect("listed").tokens;
    assert_eq!(list.len(), 2);
    assert!(list.iter().all(|token| token.seen_at.is_none()));
    assert!(env.is_user(&usual.token).await);
    env.until("SELECT COUNT(*) FROM tokens WHERE seen_at IS NOT NULL").await;
    assert!(env.service.list_tokens(&eve).await.expect("listed").tokens.is_empty());
    let hers = env.service.revoke_token(&eve, usual.token_id).await;
    assert_eq!(problem(hers), ProblemType::AccessTokenNotFound);
    let none = env.service.revoke_token(&signed, TokenId([7; 16])).await;
    assert_eq!(problem(none), ProblemType::AccessTokenNotFound);
    env.pass(90 * DAY - 60).await;
    assert!(env.is_user(&usual.token).await);
    env.pass(120).await;
    assert!(!env.is_user(&usual.token).await && env.is_user(&long.token).await);
    env.service.revoke_token(&signed, long.token_id).await.expect("revoked");
    assert!(!env.is_user(&long.token).await);
    assert!(
        env.service
            .list_tokens(&signed)
            .await
            .expect("listed")
            .tokens
            .is_empty()
    );
    // Signing out with one revokes it, and no other.
    let (one, two) = (env.token_of("ann@x.test").await, env.token_of("ann@x.test").await);
    let user = env.user_of(&one).await.expect("a user");
    env.service.sign_out(&user).await.expect("signed out");
    assert!(!env.is_user(&one).await && env.is_user(&two).await);
}

async fn a09_tokens_are_asked_for_with_care(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let asked = async |change: fn(&mut NewToken)| {
        let mut wish = new(&[Scope::Read]);
        change(&mut wish);
        env.service.create_token(&signed, &wish).await
    };
    for change in [
        (|wish| wish.name = String::new()) as fn(&mut NewToken),
        |wish| wish.name = "  ".to_owned(),
        |wish| wish.name = "a\nb".to_owned(),
        |wish| wish.name = "x".repeat(101),
        |wish| wish.scopes.clear(),
    ] {
        assert_eq!(problem(asked(change).await), ProblemType::InvalidRequest);
    }
    for change in [
        (|wish| wish.expires_in = Some(365 * DAY + 1)) as fn(&mut NewToken),
        |wish| wish.expires_in = Some(u64::MAX),
        |wish| wish.expires_in = Some(0),
    ] {
        assert_eq!(problem(asked(change).await), ProblemType::TooLarge);
    }
    for _ in 0..100 {
        asked(|_| {}).await.expect("made");
    }
    assert_eq!(
        problem(asked(|_| {}).await),
        ProblemType::TooLarge,
        "a hundred are enough"
    );
    env.pass(601).await;
    let signed = env.who(&session).await.expect("signed in");
    let late = env.service.create_token(&signed, &new(&[Scope::Read])).await;
    assert_eq!(problem(late), ProblemType::StepUpNeeded);
}
