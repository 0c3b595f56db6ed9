//! A code: what it is good for, how often it is sent, and when it ends.

use sealdrop_api::{Challenge, ProblemType, auth::CodePurpose};

use super::{Asking, Env, another_code, on_both_databases, problem};
use crate::auth::SignUp;

on_both_databases!(
    the_first_sign_in_makes_the_user_and_the_second_finds_it,
    a05_of_fifty_racers_one_signs_in,
    a06_r02_the_same_code_is_sent_again,
    r02_what_is_asked_at_once_is_two_codes,
    r01_a_strangers_request_neither_kills_a_code_nor_uses_it_up,
    r05_a_tab_that_was_lost_comes_back_to_its_code,
    r12_a13_who_may_become_a_user,
    r12_the_rule_of_the_moment_holds,
    a13_one_user_however_the_address_is_written,
    a_code_is_good_for_ten_minutes,
    a05_a_code_is_good_for_its_challenge_and_purpose,
    a05_a_code_to_confirm_signs_nobody_in,
    r06_what_is_no_code_costs_no_try,
);

async fn the_first_sign_in_makes_the_user_and_the_second_finds_it(env: Env) {
    let (challenge, code) = env.code("ann@x.test").await;
    let first = env.answer(&challenge, &code.0).await.expect("signed in");
    assert!(first.is_new && first.token.is_none());
    assert_eq!(
        (first.user.email.0.as_str(), first.user.plan.as_str()),
        ("ann@x.test", "free")
    );
    let (challenge, code) = env.code("ann@x.test").await;
    let second = env.answer(&challenge, &code.0).await.expect("signed in");
    assert!(!second.is_new);
    assert_eq!(second.user, first.user);
    assert_eq!(env.number("SELECT COUNT(*) FROM users").await, 1);
}

async fn a05_of_fifty_racers_one_signs_in(env: Env) {
    let (challenge, code) = env.code("ann@x.test").await;
    let racers = (0..50).map(|_| env.answer(&challenge, &code.0));
    let heard = futures::future::join_all(racers).await;
    let (in_time, late): (Vec<_>, Vec<_>) = heard.into_iter().partition(Result::is_ok);
    assert_eq!(in_time.len(), 1);
    for late in late {
        assert_eq!(problem(late), ProblemType::CodeEnded);
    }
    assert_eq!(env.number("SELECT COUNT(*) FROM sessions").await, 1);
    assert!(
        env.mail(&challenge).await.is_none(),
        "a code that was used is not sent again"
    );
}

/// A resend keeps the code, the count of tries and the end; it is done three times at most.
async fn a06_r02_the_same_code_is_sent_again(env: Env) {
    let (challenge, code) = env.code("ann@x.test").await;
    let again = async || {
        let asking = Asking {
            shown: Some(&challenge),
            ..Asking::default()
        };
        env.service.ask_sign_in_code("Ann@X.test", asking).await.expect("asked")
    };
    let early = again().await;
    assert_eq!(early.challenge, challenge);
    assert!((1..=60).contains(&early.resend_in), "{early:?}");
    assert_eq!(env.number("SELECT sends FROM challenges").await, 1, "not yet");
    assert_eq!(
        problem(env.answer(&challenge, &another_code(&code.0)).await),
        ProblemType::CodeWrong
    );
    for sends in 2..=4 {
        env.pass(61).await;
        let asked = again().await;
        assert_eq!(asked.challenge, challenge);
        assert!(asked.expires_in < 600 - 60 * (sends - 1), "{asked:?}");
        assert_eq!(env.number("SELECT sends FROM challenges").await, sends as i64);
        assert_eq!(env.mail(&challenge).await.expect("a mail").code, code.0);
    }
    env.pass(61).await;
    let asked = again().await;
    assert_eq!(asked.resend_in, asked.expires_in, "three times at most");
    assert_eq!(env.number("SELECT sends FROM challenges").await, 4);
    assert_eq!(env.service.get_challenge(&challenge).await.expect("live").tries_left, 4);
    // Another address is another wish.
    let asking = Asking {
        shown: Some(&challenge),
        ..Asking::default()
    };
    let other = env.service.ask_sign_in_code("ben@x.test", asking).await.expect("asked");
    assert_ne!(other.challenge, challenge);
    env.answer(&challenge, &code.0).await.expect("it is good all along");
}

async fn r02_what_is_asked_at_once_is_two_codes(env: Env) {
    let (one, two) = futures::join!(env.ask("ann@x.test"), env.ask("ann@x.test"));
    let (one, two) = (one.challenge, two.challenge);
    env.pass(61).await;
    let asking = Asking {
        shown: Some(&two),
        ..Asking::default()
    };
    env.service.ask_sign_in_code("ann@x.test", asking).await.expect("asked");
    for challenge in [&one, &two] {
        let code = env.mail(challenge).await.expect("a mail").code;
        env.answer(challenge, &code).await.expect("signed in, once");
        assert_eq!(problem(env.answer(challenge, &code).await), ProblemType::CodeEnded);
    }
    assert_eq!(env.number("SELECT COUNT(*) FROM users").await, 1);
}

async fn r01_a_strangers_request_neither_kills_a_code_nor_uses_it_up(env: Env) {
    let (_, mark) = env.sign_in_with_mark("v@x.test").await;
    env.pass(7200).await;
    let mut owner = None;
    for n in 0..10 {
        if n == 3 {
            owner = Some(env.code("v@x.test").await);
        }
        let strangers = env.ask("v@x.test").await.challenge;
        env.mail(&strangers).await;
        for _ in 0..5 {
            let guess = env.answer(&strangers, "00000000").await;
            assert!(guess.is_err());
        }
    }
    let (challenge, code) = owner.expect("asked for");
    env.answer(&challenge, &code.0).await.expect("the owner's code is good");
    let late = env.ask("v@x.test").await.challenge;
    assert!(env.mail(&late).await.is_none(), "the address has had enough");
    let asking = Asking {
        device: Some(&mark),
        ..Asking::default()
    };
    let known = env
        .service
        .ask_sign_in_code("v@x.test", asking)
        .await
        .expect("asked")
        .challenge;
    let mail = env.mail(&known).await.expect("a browser that was here before gets one");
    env.answer(&known, &mail.code).await.expect("signed in");
}

async fn r05_a_tab_that_was_lost_comes_back_to_its_code(env: Env) {
    let (challenge, code) = env.code("Ann@x.test").await;
    let told = env.service.get_challenge(&challenge).await.expect("live");
    assert_eq!(
        (told.email.as_str(), told.tries_left, told.purpose),
        ("Ann@x.test", 5, CodePurpose::SignIn)
    );
    assert!((1..=600).contains(&told.expires_in) && told.resend_in <= 60, "{told:?}");
    // A second tab asks again and hurts nobody.
    let (second, second_code) = env.code("Ann@x.test").await;
    env.answer(&second, &second_code.0).await.expect("signed in");
    env.answer(&challenge, &code.0).await.expect("signed in");
    assert_eq!(
        problem(env.service.get_challenge(&challenge).await),
        ProblemType::CodeEnded
    );
    let unknown = Challenge::new([7; 32]);
    assert_eq!(
        problem(env.service.get_challenge(&unknown).await),
        ProblemType::CodeEnded
    );
}

async fn r12_a13_who_may_become_a_user(env: Env) {
    env.sign_in("old@elsewhere.test").await;
    let invited = env
        .another(|auth| auth.sign_up = SignUp::invited(["school.test"]).expect("a list"))
        .await;
    let off = env.another(|auth| auth.sign_up = SignUp::Off).await;
    let goes_out = async |service: &crate::service::Service, email: &str| {
        let asked = service
            .ask_sign_in_code(email, Asking::default())
            .await
            .expect("the same answer");
        let id = super::id_of(&asked.challenge);
        let mail = service.code_mail(&id).await.expect("it is decided");
        if mail.is_none() {
            // Also the right code of what was never sent is wrong.
            let code = env.config.auth.secret.clone();
            let code = crate::auth::codes::code_of(&code, &id, crate::auth::codes::Purpose::SignIn);
            assert_eq!(
                problem(env.answer(&asked.challenge, &code).await),
                ProblemType::CodeWrong
            );
        }
        mail.is_some()
    };
    assert!(goes_out(&invited, "a@SCHOOL.test").await);
    for no in ["a@evilschool.test", "a@sub.school.test", "a@school.test.evil.test"] {
        assert!(!goes_out(&invited, no).await, "{no}");
    }
    assert!(!goes_out(&off, "a@school.test").await);
    for service in [&invited, &off] {
        assert!(goes_out(service, "old@elsewhere.test").await, "who is a user signs in");
    }
    assert_eq!(env.number("SELECT COUNT(*) FROM users").await, 1);
}

/// An invitation that was taken back after the mail went out.
async fn r12_the_rule_of_the_moment_holds(env: Env) {
    let (challenge, code) = env.code("new@x.test").await;
    let off = env.another(|auth| auth.sign_up = SignUp::Off).await;
    let late = off
        .sign_in(&challenge, &code, None, &super::Device::default(), None)
        .await;
    assert_eq!(problem(late), ProblemType::CodeEnded);
    assert_eq!(env.number("SELECT COUNT(*) FROM users").await, 0);
}

/// And mail goes to where the user is known to be, whatever was typed.
async fn a13_one_user_however_the_address_is_written(env: Env) {
    env.sign_in("Ann.Lee@bücher.test").await;
    for typed in [
        "ann.lee@BÜCHER.test",
        " ANN.LEE@xn--bcher-kva.test ",
        "ａｎｎ.lee@bücher.test",
    ] {
        let challenge = env.ask(typed).await.challenge;
        let mail = env.mail(&challenge).await.expect("a mail");
        assert_eq!(mail.to.deliverable(), "Ann.Lee@xn--bcher-kva.test", "{typed}");
        assert!(
            !env.answer(&challenge, &mail.code).await.expect("signed in").is_new,
            "{typed}"
        );
        env.sql("UPDATE challenges SET mailed = 0").await;
    }
    // A dot and a tag make another address: only limits leave the tag out.
    for other in ["annlee@bücher.test", "ann.lee+x@bücher.test"] {
        let (challenge, code) = env.code(other).await;
        assert!(
            env.answer(&challenge, &code.0).await.expect("signed in").is_new,
            "{other}"
        );
    }
    for wrong in [
        "",
        "ann",
        "ann@",
        "@x.test",
        "a@b@x.test",
        "a\r\nBcc: b@x.test",
        "a@127.0.0.1",
        "a b@x.test",
    ] {
        let asked = env.service.ask_sign_in_code(wrong, Asking::default()).await;
        assert_eq!(problem(asked), ProblemType::InvalidRequest, "{wrong:?}");
    }
}

async fn a_code_is_good_for_ten_minutes(env: Env) {
    let (late, late_code) = env.code("ann@x.test").await;
    env.pass(2).await;
    let (challenge, code) = env.code("ann@x.test").await;
    env.pass(599).await;
    env.answer(&challenge, &code.0).await.expect("at 9:59");
    assert_eq!(
        problem(env.answer(&late, &late_code.0).await),
        ProblemType::CodeEnded,
        "at 10:01"
    );
    assert!(env.mail(&late).await.is_none(), "and no dead code is sent");
    // A clock that was set back by an hour gives no code an hour more.
    let (challenge, code) = env.code("ben@x.test").await;
    env.sql("UPDATE challenges SET created_at = created_at + 3600000, expires_at = expires_at + 3600000")
        .await;
    assert_eq!(problem(env.answer(&challenge, &code.0).await), ProblemType::CodeEnded);
}

async fn a05_a_code_is_good_for_its_challenge_and_purpose(env: Env) {
    let (one, code_of_one) = env.code("ann@x.test").await;
    let (two, _) = env.code("ann@x.test").await;
    assert_eq!(problem(env.answer(&two, &code_of_one.0).await), ProblemType::CodeWrong);
    let session = env.sign_in("ben@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let stepped_up = env.service.step_up(&signed, &one, &code_of_one).await;
    assert_eq!(
        problem(stepped_up),
        ProblemType::CodeEnded,
        "a code to sign in confirms nothing"
    );
    env.answer(&one, &code_of_one.0).await.expect("signed in");
}

/// Also where no session tells the two apart: it is not judged, so it costs no try either.
async fn a05_a_code_to_confirm_signs_nobody_in(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let asked = env.service.ask_step_up_code(&signed, Asking::default()).await;
    let challenge = asked.expect("asked").challenge;
    let mail = env.mail(&challenge).await.expect("a mail");
    env.sql("UPDATE challenges SET session_id = NULL").await;
    let refused = env.answer(&challenge, &mail.code).await;
    assert_eq!(problem(refused), ProblemType::CodeEnded);
    let tries = "SELECT SUM(tries) FROM challenges WHERE purpose = 'step-up'";
    assert_eq!(env.number(tries).await, 0);
}

async fn r06_what_is_no_code_costs_no_try(env: Env) {
    let (challenge, code) = env.code("ann@x.test").await;
    for wrong in ["12345", "123456789", "abcdefgh", ""] {
        assert_eq!(
            problem(env.answer(&challenge, wrong).await),
            ProblemType::InvalidRequest,
            "{wrong}"
        );
    }
    assert_eq!(env.service.get_challenge(&challenge).await.expect("live").tries_left, 5);
    let pasted = format!(" {}-{}\n", &code.0[..4], &code.0[4..]);
    env.answer(&challenge, &pasted).await.expect("signed in");
}
