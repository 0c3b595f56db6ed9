//! What operators change, and the rows that say so.

use sea_orm::ConnectionTrait as _;
use sealdrop_mail::EmailAddress;

use super::{Env, on_both_databases};
use crate::{
    audit::{AuditLog, Operator},
    auth::{UserAdmin, UserChange, UserKey},
    jobs::{JobChange, JobQueue},
    mails::Outbox,
};

on_both_databases!(
    a15_every_change_of_an_operator_is_a_row_of_the_same_transaction,
    a15_rows_of_the_audit_stay,
    a15_a_users_own_quota_goes_before_the_plans_and_is_a_row,
    a15_a_user_whom_an_operator_closes_is_a_row,
    an_operator_sees_users,
);

const JOB: &str = "INSERT INTO jobs (kind, payload, state, run_at, made_at, written_at, ended_at) \
     VALUES ('poison', '1', 'dead', 1, 1, 1, 1)";

async fn rows(env: &Env) -> Vec<(Option<String>, String, String, Option<String>)> {
    let log = AuditLog::open(&env.config.database).await.expect("it opens");
    let rows = log.list(None).await.expect("listed");
    assert!(rows.windows(2).all(|pair| pair[0].id > pair[1].id), "the newest first");
    if let Some(newest) = rows.first() {
        let before = log.list(Some(newest.id)).await.expect("listed");
        assert_eq!(before, rows[1..]);
    }
    let rows = rows
        .into_iter()
        .map(|row| (row.actor, row.action, row.subject, row.detail));
    rows.collect()
}

async fn queue_of(env: &Env, name: &str) -> JobQueue {
    let queue = JobQueue::open(&env.config.database, Operator::named(name)).await;
    queue.expect("it opens")
}

async fn a15_every_change_of_an_operator_is_a_row_of_the_same_transaction(env: Env) {
    let queue = queue_of(&env, "ann").await;
    env.sql(JOB).await;
    let job = queue.list().await.expect("listed").remove(0);
    let id = job.id.to_string();
    // What changes nothing leaves no row.
    assert_eq!(queue.retry(job.id + 1).await.expect("asked"), JobChange::Unknown);
    assert_eq!(queue.drop_job(job.id + 1).await.expect("asked"), JobChange::Unknown);
    assert_eq!(rows(&env).await, []);
    let row = |actor: &str, action: &str, subject: &str, detail: Option<&str>| {
        (
            Some(actor.to_owned()),
            action.to_owned(),
            subject.to_owned(),
            detail.map(ToOwned::to_owned),
        )
    };
    assert_eq!(queue.retry(job.id).await.expect("asked"), JobChange::Done);
    let retried = row("ann", "job-retry", &id, Some("poison"));
    assert_eq!(rows(&env).await, std::slice::from_ref(&retried));
    env.sql("UPDATE jobs SET state = 'dead' WHERE kind = 'poison'").await;
    // What cannot be noted is not done.
    env.sql("ALTER TABLE audit RENAME TO audit_elsewhere").await;
    let operator = Operator::named("bob");
    let outbox = Outbox::open(&env.config.database).await.expect("it opens");
    let to = EmailAddress::parse("ann@x.test").expect("an address");
    assert!(queue.retry(job.id).await.is_err() && queue.drop_job(job.id).await.is_err());
    assert!(outbox.add_test(to.clone(), &operator).await.is_err());
    assert!(env.service.trust_clock(&operator).await.is_err());
    env.sql("ALTER TABLE audit_elsewhere RENAME TO audit").await;
    assert_eq!(
        env.number("SELECT COUNT(*) FROM jobs WHERE kind = 'poison' AND state = 'dead'")
            .await,
        1
    );
    assert_eq!(env.number("SELECT COUNT(*) FROM mails").await, 0);
    assert_eq!(rows(&env).await, std::slice::from_ref(&retried));

    let queue = queue_of(&env, "").await;
    assert_eq!(queue.drop_job(job.id).await.expect("asked"), JobChange::Done);
    let mail = outbox.add_test(to, &operator).await.expect("added").to_string();
    env.service.trust_clock(&operator).await.expect("noted");
    let dropped = (None, "job-drop".to_owned(), id, Some("poison".to_owned()));
    let expected = [
        row("bob", "clock-trust", "clock", None),
        row("bob", "mail-check", &mail, None),
        dropped,
        retried,
    ];
    assert_eq!(rows(&env).await, expected);
}

async fn a15_rows_of_the_audit_stay(env: Env) {
    env.sql(JOB).await;
    let queue = queue_of(&env, "ann").await;
    let job = queue.list().await.expect("listed").remove(0);
    assert_eq!(queue.retry(job.id).await.expect("asked"), JobChange::Done);
    let kept = rows(&env).await;
    assert_eq!(kept.len(), 1);
    let id = env.number("SELECT id FROM audit").await;
    let reader = env.service.inner.store.reader();
    let on_sqlite = reader.get_database_backend() == sea_orm::DbBackend::Sqlite;
    let mut tampering = vec![
        "UPDATE audit SET actor = 'eve'".to_owned(),
        "DELETE FROM audit".to_owned(),
        format!(
            "INSERT INTO audit (id, at, action, subject) {} VALUES ({id}, 1, 'x', 'y') ON CONFLICT (id) DO UPDATE SET actor = 'eve'",
            if on_sqlite { "" } else { "OVERRIDING SYSTEM VALUE" }
        ),
    ];
    if on_sqlite {
        tampering.push(format!(
            "INSERT OR REPLACE INTO audit (id, at, action, subject) VALUES ({id}, 1, 'x', 'y')"
        ));
    } else {
        tampering.push("TRUNCATE audit".to_owned());
    }
    for sql in tampering {
        let refused = reader.execute_unprepared(&sql).await.expect_err(&sql).to_string();
        assert!(refused.contains("neither changed nor deleted"), "{sql}: {refused}");
        assert_eq!(rows(&env).await, kept, "{sql}");
    }
}

async fn a15_a_users_own_quota_goes_before_the_plans_and_is_a_row(env: Env) {
    let users = UserAdmin::open(&env.config.database).await.expect("it opens");
    let session = env.sign_in("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let operator = Operator::named("bob");
    let (ann, nobody): (UserKey, UserKey) = (
        "ann@x.test".parse().expect("an address"),
        "eve@x.test".parse().expect("an address"),
    );
    let limit = async |key, quota| users.limit(key, quota, &operator).await;
    let quota = async || env.service.get_account(&signed).await.expect("a user").quota_bytes;
    let of_plan = quota().await;
    assert_eq!(limit(&nobody, Some(5)).await.expect("asked"), UserChange::Unknown);
    assert_eq!(rows(&env).await, []);
    env.sql("ALTER TABLE audit RENAME TO audit_elsewhere").await;
    assert!(limit(&ann, Some(5)).await.is_err());
    env.sql("ALTER TABLE audit_elsewhere RENAME TO audit").await;
    assert_eq!(quota().await, of_plan, "what cannot be noted is not done");

    assert_eq!(limit(&ann, Some(5)).await.expect("asked"), UserChange::Done);
    assert_eq!(quota().await, 5);
    let limits = env.service.limits_of(Some(&signed)).await.expect("asked");
    assert_eq!(limits.max_link_bytes, 5);
    for (held, fits) in [(5, true), (6, false)] {
        let tx = env.service.inner.store.write().await.expect("a transaction");
        tx.execute_unprepared(&format!("UPDATE users SET reserved_bytes = {held}"))
            .await
            .expect("it holds more");
        let checked = crate::plans::check_space(&tx, signed.user_id(), 1).await;
        assert_eq!(checked.is_ok(), fits, "{held}");
    }
    let shown = users.show(&ann).await.expect("asked").expect("a user").user;
    assert_eq!((shown.quota_bytes, shown.has_own_quota), (5, true));
    assert_eq!(limit(&ann, None).await.expect("asked"), UserChange::Done);
    assert_eq!(quota().await, of_plan);
    let row = |detail: &str| {
        let texts = ("user-limit".to_owned(), shown.id.clone(), Some(detail.to_owned()));
        (Some("bob".to_owned()), texts.0, texts.1, texts.2)
    };
    assert_eq!(rows(&env).await, [row("5 -> plan"), row("plan -> 5")]);
}

async fn a15_a_user_whom_an_operator_closes_is_a_row(env: Env) {
    let users = UserAdmin::open(&env.config.database).await.expect("it opens");
    let session = env.sign_in("ann@x.test").await;
    let operator = Operator::named("bob");
    let key = |text: &str| text.parse::<UserKey>().expect("a name");
    let ann = key("ann@x.test");
    let id = users.show(&ann).await.expect("asked").expect("a user").user.id;
    env.sql("ALTER TABLE audit RENAME TO audit_elsewhere").await;
    assert!(users.close(&ann, &operator).await.is_err());
    env.sql("ALTER TABLE audit_elsewhere RENAME TO audit").await;
    assert!(env.who(&session).await.is_some(), "what cannot be noted is not done");
    assert_eq!(users.close(&ann, &operator).await.expect("asked"), UserChange::Done);
    assert!(env.who(&session).await.is_none());
    let closed = (Some("bob".to_owned()), "user-close".to_owned(), id.clone(), None);
    assert_eq!(rows(&env).await, std::slice::from_ref(&closed));
    // What changes nothing leaves no row.
    assert_eq!(
        users.close(&key(&id), &operator).await.expect("asked"),
        UserChange::Closed
    );
    let limited = users.limit(&key(&id), Some(5), &operator).await.expect("asked");
    assert_eq!(limited, UserChange::Closed);
    assert_eq!(users.close(&ann, &operator).await.expect("asked"), UserChange::Unknown);
    assert_eq!(rows(&env).await, [closed]);
}

async fn an_operator_sees_users(env: Env) {
    let users = UserAdmin::open(&env.config.database).await.expect("it opens");
    assert_eq!(users.list().await.expect("listed"), []);
    let session = env.sign_in("Ann@x.test").await;
    env.pass(60).await;
    let token = env.token_of("bob@x.test").await;
    let list = users.list().await.expect("listed");
    let addresses: Vec<_> = list.iter().map(|user| user.address.as_deref()).collect();
    assert_eq!(addresses, [Some("bob@x.test"), Some("Ann@x.test")]);
    let key = |text: &str| text.parse::<UserKey>().expect("a name");
    let ann = users.show(&key("ANN@x.test")).await.expect("asked").expect("a user");
    assert_eq!((ann.user.clone(), ann.sessions, ann.tokens), (list[1].clone(), 1, 0));
    assert!(ann.user.seen_at.is_some() && ann.user.closed_at.is_none());
    let bob = users.show(&key(&list[0].id)).await.expect("asked").expect("a user");
    assert_eq!((bob.sessions, bob.tokens), (0, 1));
    let signed = env.who(&session).await.expect("signed in");
    env.service.sign_out(&signed).await.expect("signed out");
    let ann = users.show(&key("ann@x.test")).await.expect("asked").expect("a user");
    assert_eq!(ann.sessions, 0);
    // Of a closed user the id is left.
    env.sql("UPDATE users SET closed_at = 1, address = NULL, canonical = NULL WHERE canonical = 'bob@x.test'")
        .await;
    assert!(!env.is_user(&token).await);
    assert!(users.show(&key("bob@x.test")).await.expect("asked").is_none());
    let bob = users.show(&key(&list[0].id)).await.expect("asked").expect("a user");
    assert!(bob.user.closed_at.is_some() && bob.user.address.is_none());
}
