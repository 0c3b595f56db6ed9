//! The queue and its workers on both databases. Time passes by moving the rows: the queue's clock is the database's.

mod claims;
mod failures;
mod keys;
mod link_events;
mod mails;
mod notices;
mod overdue;
mod periodic;
mod removal;
mod space;
mod stats;
mod workers;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::StatusCode};
use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Worker;
use crate::{
    auth::{AuthConfig, AuthSecret},
    clock::{Clock, SystemClock},
    config::{BucketConfig, DatabaseConfig, PublicEndpoint, ServiceConfig},
    jobs::{
        kind::Kind,
        queue::{NewJob, enqueue},
    },
    service::Service,
};

/// How long anything may take before a test fails that waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy)]
enum Db {
    Sqlite,
    Postgres,
}

/// Makes two tests of every named one: `sqlite` and `postgres`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use crate::jobs::worker::tests::{Db, Env};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Env::new(Db::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Env::new(Db::Postgres).await).await;
            }
        }
    )*};
}
use on_both_databases;

/// A database, a bucket that has everything and gives nothing, and the first process that uses them.
struct Env {
    service: Service,
    config: ServiceConfig,
    bucket: Arc<StubBucket>,
    _folder: tempfile::TempDir,
}

/// A row, as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    state: String,
    tries: i32,
    error: Option<String>,
    payload: String,
}

impl Env {
    async fn new(db: Db) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = match db {
            Db::Sqlite => format!("sqlite://{}", folder.path().join("database.sqlite").display()),
            Db::Postgres => sealdrop_test_support::postgres::fresh_database().await,
        };
        let stub = Arc::new(StubBucket::default());
        let mut database = DatabaseConfig::new(url);
        database.acquire_timeout = Duration::from_secs(60);
        database.statement_timeout = Duration::from_secs(60);
        let config = ServiceConfig::new(
            database,
            bucket(Arc::clone(&stub)).await,
            AuthConfig::new(AuthSecret::random().expect("randomness")),
        );
        let service = Service::connect(config.clone(), Arc::new(SystemClock)).await;
        Self {
            service: service.expect("it starts"),
            config,
            bucket: stub,
            _folder: folder,
        }
    }

    /// A worker of the first process.
    fn worker(&self, kinds: Vec<Kind>) -> Worker {
        Worker::new(self.service.clone(), kinds)
    }

    /// A worker of another process.
    async fn another(&self, kinds: Vec<Kind>) -> Worker {
        self.another_at(SystemClock, kinds).await
    }

    async fn another_at(&self, clock: impl Clock, kinds: Vec<Kind>) -> Worker {
        let service = Service::connect(self.config.clone(), Arc::new(clock)).await;
        Worker::new(service.expect("it starts"), kinds)
    }

    async fn enqueue(&self, job: NewJob) {
        let tx = self.service.inner.store.write().await.expect("a transaction");
        enqueue(&tx, job).await.expect("it is added");
        tx.commit().await.expect("committed");
    }

    async fn sql(&self, sql: &str) -> u64 {
        let done = self.service.inner.store.reader().execute_unprepared(sql).await;
        done.expect("the statement runs").rows_affected()
    }

    async fn number(&self, sql: &str) -> i64 {
        let reader = self.service.inner.store.reader();
        let query = Statement::from_string(reader.get_database_backend(), sql);
        let row = reader
            .query_one_raw(query)
            .await
            .expect("the query runs")
            .expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// Waits until a query finds a number that is not 0.
    async fn until(&self, sql: &str) {
        let found = async { while self.number(sql).await == 0 {} };
        let in_time = tokio::time::timeout(PATIENCE, found).await;
        assert!(in_time.is_ok(), "never: {sql}");
    }

    /// The rows of a kind, in the order in which they were added.
    async fn rows(&self, kind: &str) -> Vec<Row> {
        let reader = self.service.inner.store.reader();
        let sql = format!("SELECT state, tries, error, payload FROM jobs WHERE kind = '{kind}' ORDER BY id");
        let query = Statement::from_string(reader.get_database_backend(), sql);
        let rows = reader.query_all_raw(query).await.expect("the query runs");
        let read = |row: &sea_orm::QueryResult| Row {
            state: row.try_get("", "state").expect("a state"),
            tries: row.try_get("", "tries").expect("tries"),
            error: row.try_get("", "error").expect("an error or none"),
            payload: row.try_get("", "payload").expect("a payload"),
        };
        rows.iter().map(read).collect()
    }

    /// State and tries of the only row of a kind.
    async fn state(&self, kind: &str) -> (String, i32) {
        let mut rows = self.rows(kind).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let row = rows.remove(0);
        (row.state, row.tries)
    }

    /// Lets time pass for the queue; a negative number sets the database's clock back.
    async fn pass(&self, seconds: i64) {
        let millis = seconds * 1000;
        let columns = ["run_at", "lease_until", "made_at", "written_at", "ended_at"];
        let moved = columns
            .map(|column| format!("{column} = {column} - {millis}"))
            .join(", ");
        self.sql(&format!("UPDATE jobs SET {moved}")).await;
    }
}

/// An endpoint that answers everything with one status, and counts.
struct StubBucket {
    status: AtomicU16,
    asked: AtomicUsize,
}

impl Default for StubBucket {
    fn default() -> Self {
        Self {
            status: AtomicU16::new(200),
            asked: AtomicUsize::new(0),
        }
    }
}

impl StubBucket {
    fn answer_with(&self, status: StatusCode) {
        self.status.store(status.as_u16(), Ordering::SeqCst);
    }
}

async fn bucket(stub: Arc<StubBucket>) -> BucketConfig {
    let answer = move || {
        stub.asked.fetch_add(1, Ordering::SeqCst);
        let status = StatusCode::from_u16(stub.status.load(Ordering::SeqCst)).expect("a status");
        async move { status }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    BucketConfig {
        endpoint: Url::parse(&format!("http://{address}")).expect("an address"),
        region: "local".to_owned(),
        bucket: "blobs".to_owned(),
        access_key: "AKTEST".to_owned(),
        secret_key: "secret-of-the-tests".to_owned(),
        path_style: true,
        public: PublicEndpoint::SameOrigin,
    }
}

/// Runs what is due, one after another, until nothing is; returns how many there were.
async fn run_due(worker: &Worker) -> usize {
    let never = CancellationToken::new();
    let mut ran = 0;
    while let Some((claim, kind)) = worker.claim().await.expect("it is claimed") {
        worker.work(claim, kind, &never).await;
        ran += 1;
    }
    ran
}

/// A job of a kind of the tests.
fn job(kind: &'static str, payload: u32) -> NewJob {
    NewJob::new(kind, &payload).expect("a payload")
}

/// What runs did, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u32>>>);

impl Log {
    fn note(&self, number: u32) {
        self.0.lock().expect("no panic").push(number);
    }

    fn read(&self) -> Vec<u32> {
        self.0.lock().expect("no panic").clone()
    }

    /// A kind whose jobs note their payload, and are done.
    fn kind(&self, name: &'static str) -> Kind {
        let log = self.clone();
        Kind::once(name, move |_, payload: u32| {
            log.note(payload);
            async { Ok(None) }
        })
    }
}

/// A point at which a job waits until it is told to go on.
#[derive(Clone, Default)]
struct Pause {
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Pause {
    async fn here(&self) {
        self.reached.notify_one();
        self.go_on.notified().await;
    }

    /// A kind whose jobs note their payload, and wait.
    fn kind(&self, name: &'static str, log: &Log) -> Kind {
        let (pause, log) = (self.clone(), log.clone());
        Kind::once(name, move |_, payload: u32| {
            let (pause, log) = (pause.clone(), log.clone());
            async move {
                log.note(payload);
                pause.here().await;
                Ok(None)
            }
        })
    }
}

/// Claims a job and runs it in a task of its own.
async fn start(worker: &Worker) -> tokio::task::JoinHandle<()> {
    let (claim, kind) = worker.claim().await.expect("it is claimed").expect("a job is due");
    let worker = worker.clone();
    tokio::spawn(async move { worker.work(claim, kind, &CancellationToken::new()).await })
}
