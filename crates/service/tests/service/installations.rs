//! A bucket outside belongs to one installation: two with books of their own would abort each other's uploads.

use std::sync::Arc;

use sealdrop_api::ObjectId;
use sealdrop_service::{PublicEndpoint, Service, ServiceConfig, StartError};

use crate::support::{Fault, Rig, random, small, token};

on_both_databases!(
    n17_a_bucket_has_one_installation,
    n17_what_started_while_the_bucket_was_away_sweeps_nothing_of_another,
);

/// As an operator's own bucket, and another installation's view of it.
async fn shared(rig: &Rig) -> (Service, ServiceConfig, tempfile::TempDir) {
    let mut config = rig.config.clone();
    config.bucket.public = PublicEndpoint::Absolute(config.bucket.endpoint.clone());
    let first = connect(rig, &config).await.expect("the first one starts");
    let folder = tempfile::tempdir().expect("a folder");
    config.database.url = format!("sqlite://{}", folder.path().join("others.sqlite").display());
    (first, config, folder)
}

async fn connect(rig: &Rig, config: &ServiceConfig) -> Result<Service, StartError> {
    Service::connect(config.clone(), Arc::clone(&rig.clock) as _).await
}

fn refused(found: Result<Service, StartError>) {
    let Err(error @ StartError::ForeignBucket(_)) = found else {
        panic!("it started")
    };
    assert!(error.to_string().contains("take-bucket"), "{error}");
}

async fn n17_a_bucket_has_one_installation(rig: Rig) {
    let (first, other, _folder) = shared(&rig).await;
    assert!(first.readiness().await.is_ready());
    let mut again = rig.config.clone();
    again.bucket = other.bucket.clone();
    connect(&rig, &again)
        .await
        .expect("the same books, the same installation");
    refused(connect(&rig, &other).await);
    first.reap().await.expect("a pass");
    assert_eq!(rig.held().await, (1, 0), "and no pass takes the mark away");

    Service::take_bucket(&other.database, &other.bucket)
        .await
        .expect("taken over");
    connect(&rig, &other).await.expect("it is the other's now");
    refused(connect(&rig, &again).await);
}

async fn n17_what_started_while_the_bucket_was_away_sweeps_nothing_of_another(rig: Rig) {
    let (_first, other, _folder) = shared(&rig).await;
    let id = ObjectId(random());
    rig.send(&token(), id, &small(id)).await;
    assert_eq!(rig.held().await, (1, 1));
    rig.bucket.misbehave(Fault::Down);
    let second = connect(&rig, &other)
        .await
        .expect("a bucket that is away is no reason not to start");
    rig.bucket.misbehave(Fault::None);
    let readiness = second.readiness().await;
    let said = readiness.bucket.expect_err("it is another's");
    assert!(said.contains("take-bucket"), "{said}");
    rig.advance(2 * 3600);
    let reaped = second.reap().await.expect("a pass");
    assert_eq!((reaped.orphans_aborted, reaped.failed), (0, 1), "{reaped:?}");
    assert_eq!(rig.held().await, (1, 1), "the first one's upload is there");
}
