//! Showing again that it is them.

use sealdrop_api::{Challenge, CodeText, ProblemType, SessionToken};

use super::{Asking, Env, another_code, on_both_databases, problem};

on_both_databases!(
    a10_a_sign_in_counts_as_a_step_up_for_ten_minutes,
    r25_a_step_up_is_of_its_session_and_user,
    a_step_up_has_five_tries,
);

/// Asks with a session, and reads the mail.
async fn ask(env: &Env, session: &SessionToken) -> (Challenge, CodeText) {
    let signed = env.who(session).await.expect("signed in");
    let asked = env
        .service
        .ask_step_up_code(&signed, Asking::default())
        .await
        .expect("asked");
    let mail = env.mail(&asked.challenge).await.expect("a mail");
    (asked.challenge, CodeText(mail.code))
}

async fn a10_a_sign_in_counts_as_a_step_up_for_ten_minutes(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let is_stepped_up = async || env.who(&session).await.expect("signed in").check_stepped_up();
    assert!(is_stepped_up().await.is_ok());
    env.pass(599).await;
    assert!(is_stepped_up().await.is_ok());
    env.pass(2).await;
    assert_eq!(problem(is_stepped_up().await), ProblemType::StepUpNeeded);
    let (challenge, code) = ask(&env, &session).await;
    let signed = env.who(&session).await.expect("signed in");
    env.service.step_up(&signed, &challenge, &code).await.expect("shown");
    assert!(is_stepped_up().await.is_ok());
    let again = env.service.step_up(&signed, &challenge, &code).await;
    assert_eq!(problem(again), ProblemType::CodeEnded);
    env.pass(601).await;
    assert_eq!(problem(is_stepped_up().await), ProblemType::StepUpNeeded);
}

async fn r25_a_step_up_is_of_its_session_and_user(env: Env) {
    let (one, two) = (env.sign_in("ann@x.test").await, env.sign_in("ann@x.test").await);
    env.pass(601).await;
    let (challenge, code) = ask(&env, &one).await;
    let elsewhere = env.who(&two).await.expect("signed in");
    let refused = env.service.step_up(&elsewhere, &challenge, &code).await;
    assert_eq!(problem(refused), ProblemType::CodeEnded, "another session");
    assert_eq!(
        problem(env.answer(&challenge, &code.0).await),
        ProblemType::CodeEnded,
        "it signs nobody in"
    );
    let signed = env.who(&one).await.expect("signed in");
    env.service.step_up(&signed, &challenge, &code).await.expect("shown");
    assert!(env.who(&two).await.expect("signed in").check_stepped_up().is_err());
    // An access token cannot, whatever it may do.
    let token = env.token_of("ann@x.test").await;
    let token = env.user_of(&token).await.expect("a user");
    assert_eq!(problem(token.check_stepped_up()), ProblemType::StepUpNeeded);
    let asked = env.service.ask_step_up_code(&token, Asking::default()).await;
    assert_eq!(problem(asked), ProblemType::StepUpNeeded);
}

async fn a_step_up_has_five_tries(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    env.pass(601).await;
    let (challenge, code) = ask(&env, &session).await;
    let signed = env.who(&session).await.expect("signed in");
    let wrong = CodeText(another_code(&code.0));
    for _ in 0..5 {
        let refused = env.service.step_up(&signed, &challenge, &wrong).await;
        assert_eq!(problem(refused), ProblemType::CodeWrong);
    }
    let refused = env.service.step_up(&signed, &challenge, &code).await;
    assert_eq!(problem(refused), ProblemType::CodeEnded);
    assert!(env.who(&session).await.expect("signed in").check_stepped_up().is_err());
}
