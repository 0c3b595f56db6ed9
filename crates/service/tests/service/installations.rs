//! A bucket outside belongs to one installation: two with a database each would abort each other's uploads.

use std::sync::Arc;

use sealdrop_api::ObjectId;
use sealdrop_service::{Operator, PublicEndpoint, Service, ServiceConfig, StartError};

use crate::support::{Fault, TestEnv, random, small, token};

on_both_databases!(
    n17_a_bucket_has_one_installation,
    n17_what_started_while_the_bucket_was_away_sweeps_nothing_of_another,
);

/// As an operator's own bucket, and another installation's view of it.
async fn shared(env: &TestEnv) -> (Service, ServiceConfig, tempfile::TempDir) {
    let mut config = env.config.clone();
    config.bucket.public = PublicEndpoint::Absolute(config.bucket.endpoint.clone());
    let first = connect(env, &config).await.expect("the first one starts");
    let folder = tempfile::tempdir().expect("a folder");
    config.database.url = format!("sqlite://{}", folder.path().join("others.sqlite").display());
    (first, config, folder)
}

async fn connect(env: &TestEnv, config: &ServiceConfig) -> Result<Service, StartError> {
    Service::connect(config.clone(), Arc::clone(&env.clock) as _).await
}

fn refused(found: Result<Service, StartError>) {
    let Err(error @ StartError::ForeignBucket(_)) = found else {
        panic!("it started")
    };
    assert!(error.to_string().contains("take-bucket"), "{error}");
}

async fn n17_a_bucket_has_one_installation(env: TestEnv) {
    let (first, other, _folder) = shared(&env).await;
    assert!(first.readiness().await.is_ready());
    let mut again = env.config.clone();
    again.bucket = other.bucket.clone();
    connect(&env, &again)
        .await
        .expect("the same database, the same installation");
    refused(connect(&env, &other).await);
    first.reap().await.expect("a pass");
    assert_eq!(env.held().await, (1, 0), "and no pass takes the mark away");

    Service::take_bucket(&other.database, &other.bucket, &Operator::unknown())
        .await
        .expect("taken over");
    connect(&env, &other).await.expect("it is the other's now");
    refused(connect(&env, &again).await);
}

async fn n17_what_started_while_the_bucket_was_away_sweeps_nothing_of_another(env: TestEnv) {
    let (_first, other, _folder) = shared(&env).await;
    let id = ObjectId(random());
    env.send(&token(), id, &small(id)).await;
    assert_eq!(env.held().await, (1, 1));
    env.bucket.misbehave(Fault::Down);
    let second = connect(&env, &other)
        .await
        .expect("a bucket that is away is no reason not to start");
    env.bucket.misbehave(Fault::None);
    let readiness = second.readiness().await;
    let said = readiness.bucket.expect_err("it is another's");
    assert!(said.contains("take-bucket"), "{said}");
    env.advance(2 * 3600);
    let reaped = second.reap().await.expect("a pass");
    assert_eq!((reaped.orphans_aborted, reaped.failed), (0, 1), "{reaped:?}");
    assert_eq!(env.held().await, (1, 1), "the first one's upload is there");
}
