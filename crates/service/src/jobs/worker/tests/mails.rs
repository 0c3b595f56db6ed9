//! The outbox: what is sent, when it is tried again, and what a worker that dies leaves.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt as _};
use sealdrop_mail::{EmailAddress, FailureKind, Mail, MailId, Mailer, SendError, Sent};

use super::{Env, on_both_databases, run_due, start};
use crate::{
    audit::Operator,
    clock::SystemClock,
    jobs::{mails, worker::Worker},
    mails::{MailReason, MailRow, MailState, NewMail, Outbox, new_mail::enqueue_mail},
    service::Service,
};

on_both_databases!(
    a_mail_goes_out_with_what_caused_it,
    m07_a_notice_is_tried_for_a_day_and_given_up_quietly,
    m07_a_code_that_has_ended_is_never_sent,
    e02_a_provider_is_asked_again_when_it_said,
    m10_a_refusal_is_final,
    e04_a_notice_waits_for_the_end_of_a_hold,
    e06_a_worker_that_dies_after_the_send_sends_the_same_mail,
    m30_a_late_worker_changes_nothing_of_a_mail_that_was_sent,
    j38_mails_are_forgotten_in_batches,
    an_operator_sees_the_outbox,
);

/// A transport that answers what a test says; after that, that it sent.
#[derive(Clone, Default)]
pub(super) struct Double(Arc<Mutex<(VecDeque<Answer>, Vec<Mail>)>>);

pub(super) enum Answer {
    Fails(SendError),
    /// It has the mail, and nobody hears of it.
    IsSilent,
}

impl Double {
    pub(super) fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.0.lock().expect("no panic").0.extend(answers);
    }

    pub(super) fn seen(&self) -> Vec<Mail> {
        self.0.lock().expect("no panic").1.clone()
    }
}

impl Mailer for Double {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<Sent, SendError>> {
        let mut inner = self.0.lock().expect("no panic");
        inner.1.push(mail.clone());
        let answer = inner.0.pop_front();
        async move {
            match answer {
                None => Ok(Sent {
                    by: "double",
                    provider_id: Some("<1@provider.test>".to_owned()),
                }),
                Some(Answer::Fails(error)) => Err(error),
                Some(Answer::IsSilent) => std::future::pending().await,
            }
        }
        .boxed()
    }

    fn name(&self) -> &'static str {
        "double"
    }
}

pub(super) fn later() -> Answer {
    Answer::Fails(SendError::temporary("smtp 451"))
}

/// A process with this transport.
async fn process(env: &Env, mailer: &Double) -> Worker {
    let mut config = env.config.clone();
    config.mailer = Arc::new(mailer.clone());
    let service = Service::connect(config, Arc::new(SystemClock))
        .await
        .expect("it starts");
    Worker::new(service, vec![mails::send::kind(), mails::forget::kind()])
}

async fn add(env: &Env, reason: MailReason) -> MailId {
    let to = EmailAddress::parse("Ann@x.test").expect("an address");
    let mail = NewMail::new(to, reason)
        .about(&[7; 32])
        .of_user(&[8; 16])
        .from_device("Firefox on Linux");
    let tx = env.service.inner.store.write().await.expect("a transaction");
    let id = enqueue_mail(&tx, mail).await.expect("it is added");
    tx.commit().await.expect("committed");
    id
}

async fn row(env: &Env) -> MailRow {
    let outbox = Outbox::open(&env.config.database).await.expect("it opens");
    let mut rows = outbox.list().await.expect("listed");
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

async fn a_mail_goes_out_with_what_caused_it(env: Env) {
    let double = Double::default();
    let worker = process(&env, &double).await;
    let tx = env.service.inner.store.write().await.expect("a transaction");
    let to = EmailAddress::parse("ann@x.test").expect("an address");
    enqueue_mail(&tx, NewMail::new(to, MailReason::EmailChanged))
        .await
        .expect("it is added");
    drop(tx);
    assert_eq!(run_due(&worker).await, 0, "what caused it did not happen");
    let id = add(&env, MailReason::NewDevice).await;
    assert_eq!(run_due(&worker).await, 1);
    let seen = double.seen();
    assert_eq!(
        (seen.len(), seen[0].id, seen[0].to.deliverable()),
        (1, id, "Ann@x.test")
    );
    assert!(
        seen[0].letter.text.contains("Firefox on Linux"),
        "{}",
        seen[0].letter.text
    );
    let row = row(&env).await;
    assert_eq!((row.state, row.tries, row.error), (MailState::Sent, 1, None));
    assert_eq!(row.provider_id.as_deref(), Some("<1@provider.test>"));
    assert_eq!(
        (row.transport.as_deref(), row.ended_at.is_some()),
        (Some("double"), true)
    );
    assert_eq!(row.made_at, seen[0].made_at, "every copy has the date of the row");
}

async fn m07_a_notice_is_tried_for_a_day_and_given_up_quietly(env: Env) {
    let double = Double::default();
    let worker = process(&env, &double).await;
    double.answer((0..20).map(|_| later()));
    add(&env, MailReason::EmailChanged).await;
    for (tries, wait) in (1..).zip([60, 300, 1_800, 7_200, 14_400, 25_200, 36_000]) {
        assert_eq!(run_due(&worker).await, 1, "try {tries}");
        let row = row(&env).await;
        assert_eq!(
            (row.state, row.tries, row.error.as_deref()),
            (MailState::Waiting, tries, Some("smtp 451"))
        );
        env.pass(wait - 30).await;
        assert_eq!(run_due(&worker).await, 0, "too early, after try {tries}");
        env.pass(30).await;
    }
    assert_eq!(run_due(&worker).await, 1);
    let row = row(&env).await;
    assert_eq!((row.state, row.tries, double.seen().len()), (MailState::Failed, 8, 8));
    env.pass(48 * 3600).await;
    assert_eq!(run_due(&worker).await, 0, "a ninth try");
    assert_eq!(
        env.service.readiness().await.failed_jobs,
        [""; 0],
        "the job is not dead"
    );
}

async fn m07_a_code_that_has_ended_is_never_sent(env: Env) {
    let double = Double::default();
    let worker = process(&env, &double).await;
    for reason in [
        MailReason::SignInCode,
        MailReason::StepUpCode,
        MailReason::ChangeEmailCode,
    ] {
        add(&env, reason).await;
    }
    assert_eq!(run_due(&worker).await, 3);
    let rows = Outbox::open(&env.config.database)
        .await
        .expect("it opens")
        .list()
        .await
        .expect("listed");
    assert!(
        rows.iter().all(|row| row.state == MailState::Expired && row.tries == 0),
        "{rows:?}"
    );
    assert_eq!(double.seen().len(), 0);
    env.pass(48 * 3600).await;
    assert_eq!(run_due(&worker).await, 0);
    assert_eq!(env.service.readiness().await.failed_jobs, [""; 0]);
}

async fn e02_a_provider_is_asked_again_when_it_said(env: Env) {
    let double = Double::default();
    let worker = process(&env, &double).await;
    let busy = |seconds| FailureKind::Temporary {
        retry_after: Some(Duration::from_secs(seconds)),
    };
    double.answer([Answer::Fails(SendError::new(busy(900), "brevo 429"))]);
    add(&env, MailReason::TestMail).await;
    assert_eq!(run_due(&worker).await, 1);
    let first = row(&env).await;
    let wait = first.run_at - first.made_at;
    assert!((890..960).contains(&wait.whole_seconds()), "{wait}");
    env.pass(880).await;
    assert_eq!(run_due(&worker).await, 0, "before the time that was named");
    env.pass(25).await;
    assert_eq!((run_due(&worker).await, row(&env).await.state), (1, MailState::Sent));
}

async fn m10_a_refusal_is_final(env: Env) {
    let double = Double::default();
    let worker = process(&env, &double).await;
    double.answer([Answer::Fails(SendError::permanent("smtputf8"))]);
    add(&env, MailReason::NewDevice).await;
    assert_eq!(run_due(&worker).await, 1);
    let row = row(&env).await;
    assert_eq!(
        (row.state, row.tries, row.error.as_deref()),
        (MailState::Failed, 1, Some("smtputf8"))
    );
    env.pass(48 * 3600).await;
    assert_eq!((run_due(&worker).await, double.seen().len()), (0, 1));
}

async fn e04_a_notice_waits_for_the_end_of_a_hold(env: Env) {
    let double = Double::default();
    let worker = process(&env, &double).await;
    let now = "(SELECT MAX(made_at) FROM mails)";
    add(&env, MailReason::NewDevice).await;
    let hold = format!(
        "INSERT INTO held_addresses (canonical, bounced_at, held_until) SELECT 'ann@x.test', {now}, {now} + 7200000"
    );
    assert_eq!(env.sql(&hold).await, 1);
    assert_eq!((run_due(&worker).await, double.seen().len()), (1, 0));
    let waits = row(&env).await;
    assert_eq!(
        (waits.state, waits.tries, waits.error.as_deref()),
        (MailState::Waiting, 0, Some("held"))
    );
    env.pass(7_100).await;
    assert_eq!(run_due(&worker).await, 0, "the hold lasts");
    env.sql("UPDATE held_addresses SET held_until = held_until - 7200000")
        .await;
    env.pass(120).await;
    assert_eq!((run_due(&worker).await, row(&env).await.state), (1, MailState::Sent));
    // What is no news any more is not sent; what the operator tries out is, whatever bounced.
    env.sql("DELETE FROM mails").await;
    env.sql("UPDATE held_addresses SET held_until = held_until + 72000000")
        .await;
    add(&env, MailReason::NewDevice).await;
    env.sql("UPDATE mails SET made_at = made_at - 172900000").await;
    assert_eq!(run_due(&worker).await, 1);
    let late = row(&env).await;
    assert_eq!((late.state, late.error.as_deref()), (MailState::Failed, Some("held")));
    env.sql("DELETE FROM mails").await;
    add(&env, MailReason::TestMail).await;
    assert_eq!((run_due(&worker).await, row(&env).await.state), (1, MailState::Sent));
    assert_eq!(double.seen().len(), 2);
}

async fn e06_a_worker_that_dies_after_the_send_sends_the_same_mail(env: Env) {
    let double = Double::default();
    let (first, second) = (process(&env, &double).await, process(&env, &double).await);
    double.answer([Answer::IsSilent]);
    add(&env, MailReason::NewDevice).await;
    let dies = start(&first).await;
    env.until("SELECT COUNT(*) FROM mails WHERE tries = 1").await;
    let sent = async {
        while double.seen().is_empty() {
            tokio::task::yield_now().await
        }
    };
    tokio::time::timeout(super::PATIENCE, sent).await.expect("it is sent");
    dies.abort();
    assert!(dies.await.expect_err("it was ended").is_cancelled());
    assert_eq!(run_due(&second).await, 0, "its lease still holds");
    env.pass(20).await;
    assert_eq!(run_due(&second).await, 1);
    let seen = double.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        (seen[0].id, seen[0].made_at),
        (seen[1].id, seen[1].made_at),
        "a mail of its own"
    );
    assert_eq!(seen[0].letter.text, seen[1].letter.text);
    let row = row(&env).await;
    assert_eq!((row.state, row.tries), (MailState::Sent, 2));
    env.pass(48 * 3600).await;
    assert_eq!((run_due(&second).await, double.seen().len()), (0, 2));
}

/// A job that lost its lease while it sent: another one has sent the mail, and its failure counts for nothing.
async fn m30_a_late_worker_changes_nothing_of_a_mail_that_was_sent(env: Env) {
    let double = Double::default();
    let worker = process(&env, &double).await;
    let id = add(&env, MailReason::NewDevice).await;
    assert_eq!(run_due(&worker).await, 1);
    let before = row(&env).await;
    let tx = env.service.inner.store.write().await.expect("a transaction");
    crate::mails::rows::note_failure(&tx, id, "late", 1_000)
        .await
        .expect("it asks");
    crate::mails::rows::note_end(&tx, id, MailState::Failed, Some("late"))
        .await
        .expect("it asks");
    assert_eq!(crate::mails::rows::count_try(&tx, id).await.expect("it asks"), None);
    tx.commit().await.expect("committed");
    assert_eq!(row(&env).await, before);
    // The same job once more, as after a claim that was lost.
    env.enqueue(crate::mails::send_job::of(id).expect("a job")).await;
    assert_eq!((run_due(&worker).await, double.seen().len()), (1, 1));
}

async fn j38_mails_are_forgotten_in_batches(env: Env) {
    let worker = process(&env, &Double::default()).await;
    add(&env, MailReason::NewDevice).await;
    let blob = match env.service.inner.store.backend() {
        sea_orm::DbBackend::Postgres => "decode(lpad(to_hex(n), 32, '0'), 'hex')",
        _ => "CAST(printf('%016d', n) AS BLOB)",
    };
    let many = format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1200) \
         INSERT INTO mails (id, recipient, canonical, reason, payload, state, made_at, run_at, ended_at) \
         SELECT {blob}, 'a@x.test', 'a@x.test', 'test', 'null', CASE n % 3 WHEN 0 THEN 'sent' WHEN 1 THEN 'failed' ELSE 'expired' END, \
         1, 1, 1 FROM many"
    );
    assert_eq!(env.sql(&many).await, 1_200);
    let recent = "UPDATE mails SET ended_at = (SELECT MAX(run_at) FROM mails) - 2505600000 WHERE state = 'failed'";
    assert_eq!(env.sql(recent).await, 400);
    worker.keep_periodic().await.expect("they are made");
    assert_eq!(run_due(&worker).await, 2);
    assert_eq!(env.number("SELECT COUNT(*) FROM mails").await, 401);
}

async fn an_operator_sees_the_outbox(env: Env) {
    let outbox = Outbox::open(&env.config.database).await.expect("it opens");
    let to = EmailAddress::parse("ann@x.test").expect("an address");
    let id = outbox.add_test(to, &Operator::unknown()).await.expect("added");
    let found = outbox.find(id).await.expect("asked").expect("it is there");
    assert_eq!(
        (found.recipient.as_str(), found.reason.as_str()),
        ("ann@x.test", "test")
    );
    assert_eq!((found.state, found.id), (MailState::Waiting, id.to_string()));
    assert_eq!(outbox.find(MailId([0; 16])).await.expect("asked"), None);
}
