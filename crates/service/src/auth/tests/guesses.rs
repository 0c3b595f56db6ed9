//! Guessing codes.

use sealdrop_api::ProblemType;

use super::{Env, another_code, on_both_databases, problem};

on_both_databases!(
    a01_after_five_tries_a_code_has_ended,
    a01_guesses_at_one_address_are_few,
    a01_racing_guesses_are_five,
);

async fn a01_after_five_tries_a_code_has_ended(env: Env) {
    let (challenge, code) = env.code("ann@x.test").await;
    let wrong = another_code(&code.0);
    for left in (0..5).rev() {
        let refusal = env.answer(&challenge, &wrong).await.expect_err("it is wrong");
        let refusal = refusal.into_problem();
        assert_eq!((refusal.kind, refusal.tries_left), (ProblemType::CodeWrong, Some(left)));
    }
    assert_eq!(
        problem(env.answer(&challenge, &code.0).await),
        ProblemType::CodeEnded,
        "the right one too"
    );
    assert!(env.mail(&challenge).await.is_none());
}

/// Whoever asks for however many codes of somebody: those that could be guessed at are as few as the mails that went out.
async fn a01_guesses_at_one_address_are_few(env: Env) {
    let mut tried = 0;
    for _ in 0..40 {
        let challenge = env.ask("v@x.test").await.challenge;
        let is_mailed = env.mail(&challenge).await.is_some();
        while env
            .answer(&challenge, "00000000")
            .await
            .is_err_and(|error| error.problem_type() == Some(ProblemType::CodeWrong))
        {
            tried += u32::from(is_mailed);
        }
    }
    // Five mails in an hour, five tries each.
    assert_eq!(tried, 25);
    assert_eq!(env.number("SELECT COUNT(*) FROM sessions").await, 0);
}

async fn a01_racing_guesses_are_five(env: Env) {
    let (challenge, code) = env.code("ann@x.test").await;
    let wrong = another_code(&code.0);
    let heard = futures::future::join_all((0..60).map(|_| env.answer(&challenge, &wrong))).await;
    let judged = heard
        .into_iter()
        .map(problem)
        .filter(|kind| *kind == ProblemType::CodeWrong);
    assert_eq!(judged.count(), 5);
}
