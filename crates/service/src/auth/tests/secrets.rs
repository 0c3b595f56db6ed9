//! Servers that derive codes from different secrets.

use super::{AuthSecret, Env, on_both_databases};

on_both_databases!(r14_two_secrets_on_one_database_are_reported);

async fn r14_two_secrets_on_one_database_are_reported(env: Env) {
    const OTHER: &str = "another secret, which is as long as it has to be";
    let same = env.another(|_| {}).await;
    for service in [&env.service, &same] {
        service.note_auth_secret().await.expect("noted");
        assert_eq!(service.readiness().await.auth_secret, Ok(()));
    }
    let other = env
        .another(|auth| auth.secret = AuthSecret::new(OTHER).expect("long enough"))
        .await;
    other.note_auth_secret().await.expect("noted");
    for service in [&env.service, &other] {
        let ready = service.readiness().await;
        let why = ready.auth_secret.clone().expect_err("they differ");
        assert!(why.contains("SEALDROP_AUTH_SECRET") && !why.contains(OTHER), "{why}");
    }
    assert_eq!(env.number("SELECT COUNT(*) FROM auth_secrets").await, 2);
    // One of them is ended; the other one goes on.
    env.pass(16 * 60).await;
    env.service.note_auth_secret().await.expect("noted");
    assert_eq!(env.service.readiness().await.auth_secret, Ok(()));
    env.pass(super::DAY + 60).await;
    env.service.note_auth_secret().await.expect("noted");
    assert_eq!(env.number("SELECT COUNT(*) FROM auth_secrets").await, 1);
}
