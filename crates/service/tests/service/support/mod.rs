//! What every test of the service stands on: a real database, a real bucket, a clock that can be moved.

pub(crate) mod bucket;
pub(crate) mod clock;
pub(crate) mod recipient;
pub(crate) mod sender;
pub(crate) mod user;

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use sealdrop_api::ProblemType;
use sealdrop_service::{
    AuthConfig, AuthSecret, BucketConfig, ClientTag, DatabaseConfig, Origin, PublicEndpoint, Service, ServiceConfig,
    ServiceError,
};
use tempfile::TempDir;
use url::Url;

pub(crate) use bucket::{Fault, STUCK, TestBucket};
pub(crate) use clock::TestClock;
pub(crate) use recipient::{claim_id, release};
pub(crate) use sender::{TestLink, new_link, object, part, random, small, token};
pub(crate) use user::TestUser;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Db {
    Sqlite,
    Postgres,
}

/// One service with everything around it.
pub(crate) struct TestEnv {
    pub(crate) service: Service,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) origin: Origin,
    pub(crate) bucket: TestBucket,
    pub(crate) config: ServiceConfig,
    pub(crate) http: reqwest::Client,
    _folder: TempDir,
}

impl TestEnv {
    pub(crate) async fn new(db: Db) -> Self {
        Self::with(db, |_| {}).await
    }

    pub(crate) async fn with(db: Db, change: impl FnOnce(&mut ServiceConfig)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bucket = TestBucket::start().await;
        let url = match db {
            Db::Sqlite => format!("sqlite://{}", folder.path().join("database.sqlite").display()),
            Db::Postgres => sealdrop_test_support::postgres::fresh_database().await,
        };
        let bucket_config = BucketConfig {
            endpoint: Url::parse(&format!("http://{}", bucket.authority)).expect("an address"),
            region: "local".to_owned(),
            bucket: "blobs".to_owned(),
            access_key: bucket.access_key.clone(),
            secret_key: bucket.secret_key.clone(),
            path_style: true,
            public: PublicEndpoint::SameOrigin,
        };
        let mut database = DatabaseConfig::new(url);
        // No test is about these: on a slow machine a hundred racers queue for longer than a server would let them.
        database.acquire_timeout = Duration::from_secs(60);
        database.statement_timeout = Duration::from_secs(60);
        let mut config = ServiceConfig::new(
            database,
            bucket_config,
            AuthConfig::new(AuthSecret::random().expect("randomness")),
        );
        config.limits.min_expires_in = 1;
        change(&mut config);
        let clock = Arc::new(TestClock::default());
        let service = Service::connect(config.clone(), Arc::clone(&clock) as _)
            .await
            .expect("the service starts");
        // The door does not look at the name: any authority that resolves here will do.
        let origin = Origin::new("http", &bucket.authority).expect("an origin");
        // reqwest is built without a provider of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            service,
            clock,
            origin,
            bucket,
            config,
            http: reqwest::Client::new(),
            _folder: folder,
        }
    }

    /// The client of requests that name no other.
    pub(crate) fn client(&self) -> ClientTag {
        self.service.client_tag("192.0.2.1/32")
    }

    /// A second server over the same database and bucket, as after a restart.
    pub(crate) async fn another(&self) -> Service {
        Service::connect(self.config.clone(), Arc::clone(&self.clock) as _)
            .await
            .expect("another service starts")
    }

    pub(crate) fn resolve(&self, url: &str) -> String {
        assert!(url.starts_with("/blobs/o/"), "{url}");
        format!("{}{url}", self.origin)
    }

    pub(crate) async fn put(&self, url: &str, bytes: Vec<u8>) -> reqwest::Response {
        self.http
            .put(self.resolve(url))
            .body(bytes)
            .send()
            .await
            .expect("the bucket answers")
    }

    pub(crate) async fn get(&self, url: &str) -> reqwest::Response {
        self.http
            .get(self.resolve(url))
            .send()
            .await
            .expect("the bucket answers")
    }

    pub(crate) fn now(&self) -> time::OffsetDateTime {
        sealdrop_service::Clock::now(&*self.clock)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The database, past the service: what a crash leaves is written here by hand.
    pub(crate) async fn database(&self) -> DatabaseConnection {
        Database::connect(self.config.database.url.clone())
            .await
            .expect("the database opens")
    }

    pub(crate) async fn sql(&self, sql: &str) -> u64 {
        let database = self.database().await;
        let done = database
            .execute_unprepared(sql)
            .await
            .expect("the statement runs")
            .rows_affected();
        database.close().await.expect("it closes");
        done
    }

    /// The first row that a query finds, which are numbers.
    pub(crate) async fn numbers(&self, sql: &str) -> Vec<i64> {
        let database = self.database().await;
        let query = Statement::from_string(database.get_database_backend(), sql.to_owned());
        let row = database.query_one_raw(query).await.expect("the query runs");
        let row = row.expect("a row");
        let numbers = (0..row.column_names().len()).map(|at| row.try_get_by_index(at).expect("a number"));
        let numbers = numbers.collect();
        database.close().await.expect("it closes");
        numbers
    }

    /// The one number that a query finds.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let numbers = self.numbers(sql).await;
        assert_eq!(numbers.len(), 1, "{sql}");
        numbers[0]
    }

    /// The bucket, past the service.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        self.s3_at(self.config.bucket.endpoint.as_str())
    }

    fn s3_at(&self, endpoint: &str) -> aws_sdk_s3::Client {
        use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
        let bucket = &self.config.bucket;
        let keys = Credentials::new(&bucket.access_key, &bucket.secret_key, None, None, "tests");
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .endpoint_url(endpoint)
            .force_path_style(true)
            .credentials_provider(keys)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// Bytes as a literal of the database's SQL.
    pub(crate) fn literal(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.config.database.url.starts_with("sqlite") {
            format!("x'{hex}'")
        } else {
            format!("'\\x{hex}'")
        }
    }

    /// Puts the parts of an upload together past the service, as a Complete whose answer was lost.
    pub(crate) async fn complete_by_hand(&self, id: sealdrop_api::ObjectId) {
        use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
        let database = self.database().await;
        let sql = format!(
            "SELECT key, upload_id FROM uploads WHERE object_id = {}",
            self.literal(&id.0)
        );
        let query = Statement::from_string(database.get_database_backend(), sql);
        let row = database
            .query_one_raw(query)
            .await
            .expect("the query runs")
            .expect("the row is there");
        let key: String = row.try_get("", "key").expect("a key");
        let upload_id: String = row.try_get("", "upload_id").expect("an upload id");
        database.close().await.expect("it closes");
        let s3 = self.s3_at(&format!("http://{}", self.bucket.back_door));
        let listed = s3
            .list_parts()
            .bucket("blobs")
            .key(&key)
            .upload_id(&upload_id)
            .send()
            .await
            .expect("listed");
        let parts = listed.parts().iter().map(|part| {
            CompletedPart::builder()
                .set_part_number(part.part_number)
                .set_e_tag(part.e_tag.clone())
                .build()
        });
        s3.complete_multipart_upload()
            .bucket("blobs")
            .key(key)
            .upload_id(upload_id)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts.collect()))
                    .build(),
            )
            .send()
            .await
            .expect("completed");
    }

    /// Objects and unfinished multipart uploads that the bucket holds.
    pub(crate) async fn held(&self) -> (usize, usize) {
        let s3 = self.s3();
        let objects = s3
            .list_objects_v2()
            .bucket("blobs")
            .send()
            .await
            .expect("objects are listed");
        let uploads = s3
            .list_multipart_uploads()
            .bucket("blobs")
            .send()
            .await
            .expect("uploads are listed");
        (objects.contents().len(), uploads.uploads().len())
    }
}

/// The problem that an operation ended with.
pub(crate) fn problem<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> ProblemType {
    match result {
        Err(ServiceError::Problem(problem)) => problem.kind,
        Err(ServiceError::Busy(_)) => ProblemType::LinkBusy,
        other => panic!("expected a problem, got {other:?}"),
    }
}

/// Makes two tests of every named one: `sqlite` and `postgres`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use $crate::support::{Db, TestEnv};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(TestEnv::new(Db::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(TestEnv::new(Db::Postgres).await).await;
            }
        }
    )*};
}
