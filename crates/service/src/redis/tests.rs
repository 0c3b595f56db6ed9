//! Two processes and a real Redis, which goes away in every way that it can.

use std::{sync::Arc, time::Duration};

use sealdrop_test_support::redis::RedisServer;
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Redis, RedisConfig, SharedLimit};

/// How long anything may take before a test fails that waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

const LIMIT: SharedLimit = SharedLimit {
    name: "tests",
    burst: 5,
    whole_in: Duration::from_hours(1),
};

/// One process that listens.
struct Process {
    redis: Arc<Redis>,
    woken: Arc<Notify>,
    _stop: DropGuard,
}

impl Process {
    /// Returns when it is connected: that wakes it as well.
    async fn start(server: &RedisServer) -> Self {
        Self::start_with(
            RedisConfig::parse(&server.url())
                .expect("an address")
                .answering_within(PATIENCE),
        )
        .await
    }

    async fn start_with(config: RedisConfig) -> Self {
        let redis = Redis::new(config, "installation").expect("randomness");
        let (woken, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let listening = (Arc::clone(&redis), Arc::clone(&woken), stop.clone());
        tokio::spawn(async move {
            let (redis, woken, stop) = listening;
            redis.listen(&stop, || woken.notify_one()).await;
        });
        let process = Self {
            redis,
            woken,
            _stop: stop.drop_guard(),
        };
        process.is_woken().await;
        process
    }

    async fn is_woken(&self) {
        timeout(PATIENCE, self.woken.notified()).await.expect("it is woken");
    }
}

#[tokio::test]
async fn n18_a_job_added_elsewhere_wakes_every_other_process_and_not_its_own() {
    let server = RedisServer::start();
    let (one, other) = (Process::start(&server).await, Process::start(&server).await);
    one.redis.tell();
    other.is_woken().await;
    // Its own message came before this one, and woke no worker.
    other.redis.tell();
    one.is_woken().await;
    assert!(futures::FutureExt::now_or_never(one.woken.notified()).is_none());
}

#[tokio::test]
async fn n18_a_limit_holds_over_all_processes() {
    let server = RedisServer::start();
    let (one, other) = (Process::start(&server).await, Process::start(&server).await);
    for process in [&one, &other, &one, &other, &one] {
        assert_eq!(process.redis.charge(LIMIT, "a", 1).await, None);
    }
    let wait = other.redis.charge(LIMIT, "a", 1).await.expect("it is used up");
    assert!(wait <= LIMIT.whole_in / LIMIT.burst, "{wait:?}");
    assert_eq!(one.redis.charge(LIMIT, "b", 1).await, None, "others are not meant");
    assert_eq!(one.redis.charge(LIMIT, "a", -1).await, None);
    assert_eq!(
        other.redis.charge(LIMIT, "a", 1).await,
        None,
        "what was given back is there again"
    );
    assert!(one.redis.charge(LIMIT, "a", 1).await.is_some());
    for _ in 0..9 {
        one.redis.charge(LIMIT, "a", -1).await;
    }
    let lives: i64 = one
        .redis
        .ask(redis::cmd("EXISTS").arg("sealdrop:installation:tests:a"))
        .await
        .expect("an answer");
    assert_eq!(lives, 0, "a whole budget takes no room, and is never more than whole");
    let left: i64 = one
        .redis
        .ask(redis::cmd("PTTL").arg("sealdrop:installation:tests:b"))
        .await
        .expect("an answer");
    assert!((1..=3_600_000).contains(&left), "{left}: it goes by itself");
}

#[tokio::test]
async fn n18_without_redis_everything_is_answered_and_it_comes_back_by_itself() {
    let mut server = RedisServer::start();
    let process = Process::start(&server).await;
    let use_up = async || {
        for _ in 0..LIMIT.burst {
            assert_eq!(process.redis.charge(LIMIT, "a", 1).await, None);
        }
        assert!(process.redis.charge(LIMIT, "a", 1).await.is_some());
    };
    use_up().await;
    server.kill();
    for _ in 0..20 {
        assert_eq!(
            process.redis.charge(LIMIT, "a", 1).await,
            None,
            "the process's own limit is left"
        );
        process.redis.tell();
    }
    server.restart();
    // What may have been added meanwhile is looked for.
    process.is_woken().await;
    use_up().await;
}

#[tokio::test]
async fn n18_a_redis_that_hangs_is_asked_once_and_not_waited_for_again() {
    let server = RedisServer::start();
    let process = Process::start_with(RedisConfig::parse(&server.url()).expect("an address")).await;
    server.freeze();
    assert_eq!(process.redis.charge(LIMIT, "a", 1).await, None);
    // Without a connection there is nothing to wait for: it is answered in one go.
    let again = process.redis.charge(LIMIT, "a", 1);
    assert_eq!(futures::FutureExt::now_or_never(again), Some(None));
    server.thaw();
    process.is_woken().await;
}
