//! Several servers of one installation: what one client may do counts on all of them.

use std::time::Duration;

use sealdrop_api::{ObjectId, ProblemType, limits::PART_LEN, uploads::NewUpload};
use sealdrop_service::{RedisConfig, Service, ServiceError};
use sealdrop_test_support::redis::RedisServer;
use tokio_util::sync::CancellationToken;

use crate::support::{Db, TestEnv, problem, random, token};

async fn reserve(service: &Service) -> Result<(), ServiceError> {
    let new = NewUpload {
        object_id: ObjectId(random()),
        sealed_len: Some(65_536),
        part_len: PART_LEN,
    };
    let client = service.client_tag("192.0.2.1/32");
    service.reserve_upload(&token(), None, new, client).await.map(drop)
}

async fn held_open(db: Db) {
    let env = TestEnv::with(db, |config| config.limits.client_max_open_uploads = 4).await;
    let other = env.another().await;
    for service in [&env.service, &other].into_iter().cycle().take(4) {
        reserve(service).await.expect("room");
    }
    for service in [&env.service, &other] {
        assert_eq!(problem(reserve(service).await), ProblemType::TooManyRequests);
    }
}

#[tokio::test]
async fn n18_what_a_client_holds_open_counts_on_every_server_sqlite() {
    held_open(Db::Sqlite).await;
}

#[tokio::test]
async fn n18_what_a_client_holds_open_counts_on_every_server_postgres() {
    held_open(Db::Postgres).await;
}

#[tokio::test]
async fn n18_what_a_client_begins_counts_on_every_server_that_shares_a_redis() {
    let redis = RedisServer::start();
    let env = TestEnv::with(Db::Sqlite, |config| {
        config.limits.client_new_uploads = 3;
        let redis = RedisConfig::parse(&redis.url()).expect("an address");
        config.redis = Some(redis.answering_within(Duration::from_mins(1)));
    })
    .await;
    let other = env.another().await;
    let stop = CancellationToken::new();
    for service in [&env.service, &other] {
        let (service, stop) = (service.clone(), stop.clone());
        tokio::spawn(async move { service.run_upkeep(&stop).await });
    }
    for service in [&env.service, &other] {
        while !service.has_redis() {
            tokio::task::yield_now().await;
        }
    }
    for service in [&env.service, &other, &env.service] {
        reserve(service).await.expect("within the limit");
    }
    let refused = reserve(&other).await.expect_err("each by itself would let it pass");
    assert!(matches!(refused, ServiceError::Later(_)), "{refused:?}");
    stop.cancel();
}
