//! Signing in, on both databases. Time passes by moving the rows: codes, limits and sessions are judged by the database's clock.

mod account;
mod bounces;
mod codes;
mod guesses;
mod limits;
mod operators;
mod room;
mod secrets;
mod sessions;
mod steps;
mod tokens;

use std::{sync::Arc, time::Duration};

use axum::Router;
use sea_orm::{ConnectionTrait as _, Statement};
use sealdrop_api::{AccessToken, Challenge, CodeText, DeviceMark, ProblemType, SessionToken, account::Scope};
use url::Url;

use super::{
    AuthConfig, AuthSecret,
    caller::{Caller, Credentials, Signed},
    codes::{Asked, Asking, ClientHost, CodeMail, id_of},
    sessions::{Device, SignedIn, TokenWish},
};
use crate::{
    clock::SystemClock,
    config::{BucketConfig, DatabaseConfig, PublicEndpoint, ServiceConfig},
    error::ServiceError,
    service::Service,
};

/// How long anything may take before a test fails that waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
const DAY: u64 = 24 * 3600;

#[derive(Clone, Copy)]
pub(crate) enum Db {
    Sqlite,
    Postgres,
}

/// Makes two tests of every named one: `sqlite` and `postgres`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use crate::auth::tests::{Db, Env};

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
pub(crate) use on_both_databases;

/// A database, and the first process that uses it.
pub(crate) struct Env {
    pub(crate) service: Service,
    pub(crate) config: ServiceConfig,
    _folder: tempfile::TempDir,
}

impl Env {
    pub(crate) async fn new(db: Db) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = match db {
            Db::Sqlite => format!("sqlite://{}", folder.path().join("database.sqlite").display()),
            Db::Postgres => sealdrop_test_support::postgres::fresh_database().await,
        };
        let mut database = DatabaseConfig::new(url);
        database.acquire_timeout = Duration::from_secs(60);
        database.statement_timeout = Duration::from_secs(60);
        let mut auth = AuthConfig::new(AuthSecret::random().expect("randomness"));
        // No test but one is about this.
        auth.renew_within = PATIENCE;
        let config = ServiceConfig::new(database, bucket().await, auth);
        let service = start(&config).await;
        Self {
            service,
            config,
            _folder: folder,
        }
    }

    /// Another process of the same installation, with other settings.
    async fn another(&self, change: impl FnOnce(&mut AuthConfig)) -> Service {
        let mut config = self.config.clone();
        change(&mut config.auth);
        start(&config).await
    }

    async fn ask(&self, email: &str) -> Asked {
        let asked = self.service.ask_sign_in_code(email, Asking::default()).await;
        asked.expect("asked")
    }

    /// The mail of a challenge, if one goes out.
    async fn mail(&self, challenge: &Challenge) -> Option<CodeMail> {
        let mail = self.service.code_mail(&id_of(challenge)).await;
        mail.expect("it is decided")
    }

    /// Asks for a code and reads it.
    async fn code(&self, email: &str) -> (Challenge, CodeText) {
        let challenge = self.ask(email).await.challenge;
        let mail = self.mail(&challenge).await.expect("a mail");
        (challenge, CodeText(mail.code))
    }

    async fn answer(&self, challenge: &Challenge, code: &str) -> Result<SignedIn, ServiceError> {
        let code = CodeText(code.to_owned());
        self.service
            .sign_in(challenge, &code, None, &Device::default(), None)
            .await
    }

    /// Signs in; earlier sign-ins do not count against the address.
    async fn sign_in(&self, email: &str) -> SessionToken {
        self.sign_in_with_mark(email).await.0
    }

    /// The same, and the mark that the browser got.
    async fn sign_in_with_mark(&self, email: &str) -> (SessionToken, DeviceMark) {
        self.sql("DELETE FROM challenges WHERE consumed_at IS NOT NULL").await;
        let (challenge, code) = self.code(email).await;
        let signed_in = self.answer(&challenge, &code.0).await.expect("signed in");
        signed_in.session.expect("a session")
    }

    /// Signs in with an access token that may do all there is.
    pub(crate) async fn token_of(&self, email: &str) -> AccessToken {
        self.sql("DELETE FROM challenges WHERE consumed_at IS NOT NULL").await;
        let (challenge, code) = self.code(email).await;
        let wish = TokenWish {
            name: "a laptop".to_owned(),
            scopes: Scope::ALL.to_vec(),
        };
        let signed_in = self
            .service
            .sign_in(&challenge, &code, Some(&wish), &Device::default(), None)
            .await;
        let signed_in = signed_in.expect("signed in");
        assert!(signed_in.session.is_none());
        signed_in.token.expect("a token").token
    }

    pub(crate) async fn user_of(&self, token: &AccessToken) -> Option<Signed> {
        let found = self.service.who(&Credentials::Token(token.clone())).await;
        match found.expect("the database answers").0 {
            Caller::User(signed) => Some(signed),
            Caller::Guest => None,
        }
    }

    async fn is_user(&self, token: &AccessToken) -> bool {
        self.user_of(token).await.is_some()
    }

    async fn who(&self, token: &SessionToken) -> Option<Signed> {
        self.look(token).await.0
    }

    /// Whose session it is, and its next value.
    async fn look(&self, token: &SessionToken) -> (Option<Signed>, Option<SessionToken>) {
        let found = self.service.who(&Credentials::Session(token.clone())).await;
        match found.expect("the database answers") {
            (Caller::User(signed), renewed) => (Some(signed), renewed),
            (Caller::Guest, _) => (None, None),
        }
    }

    /// Lets time pass: every instant of the tables of this module and of mails is so long ago.
    pub(crate) async fn pass(&self, seconds: u64) {
        let instants = [
            ("users", "created_at closed_at"),
            ("challenges", "created_at expires_at last_sent_at consumed_at"),
            (
                "sessions",
                "previous_until created_at seen_at renewed_at expires_at stepped_up_at ended_at",
            ),
            ("devices", "created_at seen_at"),
            ("tokens", "created_at seen_at expires_at revoked_at"),
            ("mails", "made_at run_at ended_at"),
            ("mail_events", "made_at"),
            ("held_addresses", "bounced_at held_until tried_at"),
            ("auth_secrets", "seen_at"),
        ];
        for (table, columns) in instants {
            let moved = columns
                .split(' ')
                .map(|column| format!("{column} = {column} - {}", seconds * 1000));
            let moved: Vec<String> = moved.collect();
            self.sql(&format!("UPDATE {table} SET {}", moved.join(", "))).await;
        }
    }

    pub(crate) async fn sql(&self, sql: &str) -> u64 {
        let done = self.service.inner.store.reader().execute_unprepared(sql).await;
        done.expect("the statement runs").rows_affected()
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let reader = self.service.inner.store.reader();
        // Whatever width the column has.
        let sql = format!("SELECT CAST(({sql}) AS BIGINT)");
        let query = Statement::from_string(reader.get_database_backend(), sql);
        let row = reader
            .query_one_raw(query)
            .await
            .expect("the query runs")
            .expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// Opens every connection that there may be, so that concurrent requests do run concurrently.
    async fn connect_all(&self) {
        futures::future::join_all((0..16).map(|_| self.number("SELECT 1"))).await;
    }

    /// Waits until a query finds a number that is not 0: what is written beside a request has been.
    async fn until(&self, sql: &str) {
        let found = async { while self.number(sql).await == 0 {} };
        let in_time = tokio::time::timeout(PATIENCE, found).await;
        assert!(in_time.is_ok(), "never: {sql}");
    }
}

pub(crate) async fn start(config: &ServiceConfig) -> Service {
    let service = Service::connect(config.clone(), Arc::new(SystemClock)).await;
    service.expect("it starts")
}

/// An endpoint that answers 200 to everything.
async fn bucket() -> BucketConfig {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(|| async {})).await });
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

/// A code that is not the one.
fn another_code(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..7])
}

pub(crate) fn problem<T>(result: Result<T, ServiceError>) -> ProblemType {
    let refusal = result.err().expect("a refusal");
    refusal.problem_type().expect("a problem")
}

fn host(host: &str, network: &str) -> ClientHost {
    ClientHost {
        host: host.to_owned(),
        network: network.to_owned(),
    }
}
