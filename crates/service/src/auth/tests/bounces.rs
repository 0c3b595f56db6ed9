//! What a provider reports of mails, and which addresses that holds.

use sealdrop_mail::EmailAddress;

use super::{DAY, Env, on_both_databases};
use crate::mails::{MailEvent, MailEventKind};

on_both_databases!(
    e04_r29_a_hard_bounce_holds_an_address_for_a_day_and_then_for_one_mail,
    e04_a_mail_that_arrives_after_a_hold_ends_it,
    e04_r29_what_passes_by_holds_no_code,
    e04_what_is_old_or_nobodys_holds_nothing,
    e04_reports_are_bounded_by_time_and_number,
);

/// What a provider says of a mail.
fn report(kind: MailEventKind, address: &str, provider_id: &str) -> MailEvent {
    MailEvent {
        kind,
        address: EmailAddress::parse(address).expect("an address"),
        provider_id: provider_id.to_owned(),
        at: None,
    }
}

async fn reported(env: &Env, events: &[MailEvent]) {
    env.service.note_mail_events(events).await.expect("noted");
}

/// Whether a code that is asked for now goes out. The answer is the same.
async fn goes_out(env: &Env, email: &str) -> bool {
    let asked = env.ask(email).await;
    assert_eq!((asked.expires_in, asked.resend_in), (600, 60));
    let mail = env.mail(&asked.challenge).await;
    env.sql("UPDATE mails SET tries = 1").await;
    mail.is_some()
}

async fn is_held(env: &Env) -> bool {
    let held = crate::mails::holds::list(env.service.inner.store.reader(), 10).await;
    held.expect("listed").iter().any(|one| one.is_held)
}

async fn e04_r29_a_hard_bounce_holds_an_address_for_a_day_and_then_for_one_mail(env: Env) {
    assert!(goes_out(&env, "Ann@x.test").await);
    let bounce = report(MailEventKind::HardBounce, "ann@X.test", "<1@provider.test>");
    reported(&env, &[bounce.clone(), bounce.clone()]).await;
    env.pass(3600).await;
    assert!(!goes_out(&env, "ann@x.test").await, "after an hour");
    assert!(goes_out(&env, "ben@x.test").await, "others are not meant");
    env.pass(22 * 3600).await;
    reported(&env, &[bounce]).await;
    assert!(!goes_out(&env, "ann@x.test").await, "after 23 hours");
    assert_eq!(
        (
            env.number("SELECT COUNT(*) FROM mail_events").await,
            env.number("SELECT bounces FROM held_addresses").await
        ),
        (1, 1),
        "the same report is one, however often it comes"
    );
    env.pass(2 * 3600).await;
    assert!(goes_out(&env, "ann@x.test").await, "one after 25 hours");
    assert!(!goes_out(&env, "ann@x.test").await, "and no second one");
    // It came back, too.
    reported(
        &env,
        &[report(MailEventKind::HardBounce, "ann@x.test", "<2@provider.test>")],
    )
    .await;
    env.pass(2 * 3600).await;
    assert!(!goes_out(&env, "ann@x.test").await && is_held(&env).await);
    env.pass(DAY).await;
    assert!(goes_out(&env, "ann@x.test").await && !goes_out(&env, "ann@x.test").await);
    // That one did not come back for an hour.
    env.pass(3601).await;
    assert!(goes_out(&env, "ann@x.test").await && goes_out(&env, "ann@x.test").await);
    assert!(!is_held(&env).await);
}

async fn e04_a_mail_that_arrives_after_a_hold_ends_it(env: Env) {
    assert!(goes_out(&env, "ann@x.test").await);
    reported(&env, &[report(MailEventKind::HardBounce, "ann@x.test", "<2>")]).await;
    // The report of an earlier mail comes late.
    reported(&env, &[report(MailEventKind::Delivered, "ann@x.test", "<1>")]).await;
    assert!(!goes_out(&env, "ann@x.test").await);
    env.pass(DAY + 60).await;
    assert!(goes_out(&env, "ann@x.test").await && !goes_out(&env, "ann@x.test").await);
    let mut early = report(MailEventKind::Delivered, "ann@x.test", "<1>");
    early.at = Some(1_000);
    reported(&env, &[early]).await;
    assert!(!goes_out(&env, "ann@x.test").await);
    reported(&env, &[report(MailEventKind::Delivered, "ann@x.test", "<3>")]).await;
    assert!(goes_out(&env, "ann@x.test").await);
    assert_eq!(env.number("SELECT COUNT(*) FROM held_addresses").await, 0);
}

async fn e04_r29_what_passes_by_holds_no_code(env: Env) {
    assert!(goes_out(&env, "ann@x.test").await);
    let soft = |number: i64| MailEvent {
        at: Some(number),
        ..report(MailEventKind::SoftBounce, "ann@x.test", "<1>")
    };
    let others = [
        MailEventKind::Blocked,
        MailEventKind::Complaint,
        MailEventKind::Unsubscribed,
    ];
    let mut events = vec![soft(1), soft(2), soft(3)];
    events.extend(others.map(|kind| report(kind, "ann@x.test", "<1>")));
    for _ in 0..2 {
        reported(&env, &events).await;
    }
    assert_eq!(env.number("SELECT COUNT(*) FROM mail_events").await, 6);
    assert!(goes_out(&env, "ann@x.test").await && !is_held(&env).await);
}

async fn e04_what_is_old_or_nobodys_holds_nothing(env: Env) {
    assert!(goes_out(&env, "ann@x.test").await);
    let mut old = report(MailEventKind::HardBounce, "ann@x.test", "<1>");
    old.at = Some(1_000);
    let strangers = report(MailEventKind::HardBounce, "eve@x.test", "<2>");
    reported(&env, &[old, strangers]).await;
    assert!(goes_out(&env, "ann@x.test").await && goes_out(&env, "eve@x.test").await);
    assert_eq!(
        (
            env.number("SELECT COUNT(*) FROM mail_events").await,
            env.number("SELECT COUNT(*) FROM held_addresses").await
        ),
        (1, 0),
        "no mail went to eve before"
    );
    // What is said to have happened tomorrow happened now.
    let mut early = report(MailEventKind::HardBounce, "ann@x.test", "<3>");
    early.at = Some(i64::MAX);
    reported(&env, &[early]).await;
    assert!(!goes_out(&env, "ann@x.test").await);
    env.pass(DAY + 60).await;
    assert!(goes_out(&env, "ann@x.test").await);
}

async fn e04_reports_are_bounded_by_time_and_number(env: Env) {
    assert!(goes_out(&env, "ann@x.test").await);
    let blob = match env.service.inner.store.backend() {
        sea_orm::DbBackend::Postgres => "decode(lpad(to_hex(n), 64, '0'), 'hex')",
        _ => "CAST(printf('%032d', n) AS BLOB)",
    };
    let many = format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 10000) \
         INSERT INTO mail_events (id, kind, canonical, made_at) SELECT {blob}, 'blocked', 'a@x.test', n FROM many"
    );
    assert_eq!(env.sql(&many).await, 10_000);
    reported(&env, &[report(MailEventKind::HardBounce, "ann@x.test", "<1>")]).await;
    let newest = "SELECT COUNT(*) FROM mail_events WHERE kind = 'hard-bounce'";
    assert_eq!(
        (
            env.number("SELECT COUNT(*) FROM mail_events").await,
            env.number(newest).await
        ),
        (10_000, 1)
    );
    env.pass(29 * DAY).await;
    env.service.forget_mails().await.expect("forgotten");
    assert_eq!(
        (
            env.number("SELECT COUNT(*) FROM mail_events").await,
            env.number("SELECT COUNT(*) FROM held_addresses").await
        ),
        (1, 1)
    );
    env.pass(3 * DAY).await;
    env.service.forget_mails().await.expect("forgotten");
    assert_eq!(
        (
            env.number("SELECT COUNT(*) FROM mail_events").await,
            env.number("SELECT COUNT(*) FROM held_addresses").await
        ),
        (0, 0)
    );
}
