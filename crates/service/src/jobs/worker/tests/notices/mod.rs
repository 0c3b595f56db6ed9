//! What users are told of their links and storage.

mod daily;
mod downloads;
mod storage;
mod unsubscribe;
mod unused;

use std::sync::Arc;

use sea_orm::DbBackend;
use sealdrop_api::{
    ClaimId, LinkAuth, LinkId,
    account::NoticesChange,
    claims::{NewClaim, Purpose},
};
use sealdrop_mail::{Mail, MailId};

use super::{Env, mails::Double, run_due};
use crate::{
    auth::sql::random,
    clock::SystemClock,
    jobs::{
        mails,
        notices::{daily as daily_job, storage as storage_job, tell, unused as unused_job},
        worker::Worker,
    },
    notices::choose::choose,
    origin::Origin,
    proof,
    service::Service,
};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A process that tells, and the users of a test.
struct Setup {
    env: Env,
    double: Double,
    service: Service,
    worker: Worker,
}

/// A link past the service: who sends is tested elsewhere.
struct TestLink {
    id: LinkId,
    auth: LinkAuth,
}

impl Setup {
    async fn new(env: Env) -> Self {
        let double = Double::default();
        let mut config = env.config.clone();
        config.mailer = Arc::new(double.clone());
        config.public = Some(Origin::new("https", "files.test").expect("an origin"));
        let service = Service::connect(config, Arc::new(SystemClock)).await;
        let service = service.expect("it starts");
        let kinds = vec![
            tell::kind(),
            daily_job::kind(),
            unused_job::kind(),
            storage_job::kind(),
            mails::send::kind(),
            mails::forget::kind(),
        ];
        let worker = Worker::new(service.clone(), kinds);
        worker.keep_periodic().await.expect("they are made");
        Self {
            env,
            double,
            service,
            worker,
        }
    }

    fn blob(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self.service.inner.store.backend() {
            DbBackend::Postgres => format!("'\\x{hex}'::bytea"),
            _ => format!("x'{hex}'"),
        }
    }

    /// A user who wants every single notice.
    async fn user(&self, n: u8) -> [u8; 16] {
        let user = [n; 16];
        let sql = format!(
            "INSERT INTO users (id, canonical, address, created_at, notify_link_downloaded) VALUES ({}, 'u{n}@x.test', 'u{n}@x.test', 0, 1)",
            self.blob(&user)
        );
        self.env.sql(&sql).await;
        user
    }

    /// Made `age` ago, it ends in `left`, both in milliseconds.
    async fn link(&self, user: [u8; 16], age: i64, left: i64) -> TestLink {
        let (id, auth) = (
            LinkId(random().expect("randomness")),
            LinkAuth::new(random().expect("randomness")),
        );
        let now = self.service.now();
        let sql = format!(
            "INSERT INTO links (link_id, verifier, request_hash, rev, sealed_bytes, max_downloads, created_at, expires_at, user_id) \
             VALUES ({}, {}, {}, 1, 1412880416, 30, {}, {}, {})",
            self.blob(&id.0),
            self.blob(&proof::digest(auth.as_bytes())),
            self.blob(&id.0),
            now - age,
            now + left,
            self.blob(&user)
        );
        self.env.sql(&sql).await;
        TestLink { id, auth }
    }

    async fn claim(&self, link: &TestLink, purpose: Purpose) -> ClaimId {
        let new = NewClaim {
            auth: link.auth.clone(),
            claim_id: ClaimId(random().expect("randomness")),
            purpose,
        };
        let id = new.claim_id;
        self.service.create_claim(link.id, new).await.expect("a place");
        id
    }

    async fn commit(&self, link: &TestLink, claim: ClaimId) {
        let done = self.service.commit_claim(link.id, claim, &link.auth).await;
        done.expect("it is committed");
    }

    /// A whole download.
    async fn download(&self, link: &TestLink) {
        let claim = self.claim(link, Purpose::Download).await;
        self.commit(link, claim).await;
    }

    async fn choose(&self, user: [u8; 16], change: NoticesChange) {
        let tx = self.service.inner.store.write().await.expect("a transaction");
        choose(&tx, user, change).await.expect("chosen");
        tx.commit().await.expect("committed");
    }

    /// Runs what is due, periodic jobs too, and answers the mails that came of it.
    async fn mails(&self) -> Vec<Mail> {
        let before = self.double.seen().len();
        self.env
            .sql("UPDATE jobs SET run_at = run_at - 86400000 WHERE every IS NOT NULL")
            .await;
        run_due(&self.worker).await;
        self.double.seen().split_off(before)
    }

    /// The same of mails that are alike: their subject.
    async fn subjects(&self) -> Vec<String> {
        self.mails().await.into_iter().map(|mail| mail.letter.subject).collect()
    }

    /// Lets time pass for notices, mails and jobs, which go by the database's clock.
    async fn pass(&self, millis: i64) {
        for (table, columns) in [
            ("notices", "made_at"),
            ("mails", "made_at run_at ended_at"),
            ("jobs", "run_at"),
        ] {
            let moved: Vec<String> = columns
                .split(' ')
                .map(|column| format!("{column} = {column} - {millis}"))
                .collect();
            self.env.sql(&format!("UPDATE {table} SET {}", moved.join(", "))).await;
        }
    }

    /// How many rows of a table there are.
    async fn count(&self, rows: &str) -> i64 {
        self.env.number(&format!("SELECT COUNT(*) FROM {rows}")).await
    }
}

/// What a mail says of its links and storage, a line each.
fn lines(mail: &Mail) -> Vec<&str> {
    let text = mail.letter.text.lines();
    text.filter(|line| line.contains("made ") || line.contains(" used"))
        .collect()
}

fn ids(mails: &[Mail]) -> Vec<MailId> {
    mails.iter().map(|mail| mail.id).collect()
}
