//! A link that expires soon, and that nobody has downloaded.

use sealdrop_api::{account::NoticesChange, claims::Purpose};

use super::{DAY, HOUR, Setup, lines};
use crate::jobs::worker::tests::{Env, on_both_databases};

on_both_databases!(
    m41_an_unused_link_is_told_once_for_each_end,
    m41_links_that_are_not_left_alone_are,
    m41_what_holds_no_more_is_not_said,
    m41_many_links_make_one_mail,
);

const SUBJECT: &str = "Your link expires soon and was not downloaded";

async fn m41_an_unused_link_is_told_once_for_each_end(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    let link = setup.link(user, 6 * DAY, DAY + HOUR).await;
    assert_eq!(setup.mails().await.len(), 0, "it has more than a day");
    let ends_in = async |left: i64| {
        let at = setup.service.now() + left;
        let id = setup.blob(&link.id.0);
        setup
            .env
            .sql(&format!("UPDATE links SET expires_at = {at} WHERE link_id = {id}"))
            .await;
    };
    ends_in(DAY - HOUR).await;
    let mails = setup.mails().await;
    assert_eq!((mails.len(), mails[0].letter.subject.as_str()), (1, SUBJECT));
    assert!(lines(&mails[0])[0].contains(": expires "), "{:?}", lines(&mails[0]));
    for _ in 0..3 {
        assert_eq!(setup.mails().await.len(), 0, "once");
    }
    ends_in(3 * DAY).await;
    assert_eq!(setup.mails().await.len(), 0);
    ends_in(DAY - 2 * HOUR).await;
    assert_eq!(setup.subjects().await, [SUBJECT], "another end");
    assert_eq!(setup.mails().await.len(), 0);
}

async fn m41_links_that_are_not_left_alone_are(env: Env) {
    let setup = Setup::new(env).await;
    let (user, other) = (setup.user(1).await, setup.user(2).await);
    let off = NoticesChange {
        link_unused: Some(false),
        ..NoticesChange::default()
    };
    setup.choose(other, off).await;
    setup.link(other, 6 * DAY, HOUR).await;
    setup.link(user, 23 * HOUR, HOUR).await;
    setup.link(user, 6 * DAY, -HOUR).await;
    let now = setup.service.now();
    for change in [
        format!("paused_at = {now}"),
        format!("ended_at = {now}, ended_reason = 'revoked'"),
        "used = 1".to_owned(),
        "user_id = NULL".to_owned(),
    ] {
        let link = setup.link(user, 6 * DAY, HOUR).await;
        let id = setup.blob(&link.id.0);
        setup
            .env
            .sql(&format!("UPDATE links SET {change} WHERE link_id = {id}"))
            .await;
    }
    let going_on = setup.link(user, 6 * DAY, HOUR).await;
    setup.claim(&going_on, Purpose::Download).await;
    assert_eq!(setup.mails().await.len(), 0);
    assert_eq!(setup.count("notices").await, 0);
}

async fn m41_what_holds_no_more_is_not_said(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    let daily = NoticesChange {
        daily: Some(true),
        link_downloaded: Some(false),
        ..NoticesChange::default()
    };
    setup.choose(user, daily).await;
    // Who gets one mail a day hears of it in time.
    let links = [
        setup.link(user, 6 * DAY, 2 * DAY - HOUR).await,
        setup.link(user, 6 * DAY, 2 * DAY - HOUR).await,
    ];
    assert_eq!(setup.mails().await.len(), 0, "the morning has not come");
    assert_eq!(setup.count("notices WHERE mail_id IS NULL").await, 2);
    setup.download(&links[0]).await;
    setup.pass(DAY).await;
    let mails = setup.mails().await;
    assert_eq!((mails.len(), lines(&mails[0]).len()), (1, 1));
    // Where nothing is left to say, no mail goes out.
    let third = setup.link(user, 6 * DAY, 2 * DAY - HOUR).await;
    setup.mails().await;
    setup.download(&third).await;
    setup.pass(DAY).await;
    assert_eq!(setup.mails().await.len(), 0);
    assert_eq!(setup.count("mails WHERE state = 'expired'").await, 1);
}

async fn m41_many_links_make_one_mail(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    for _ in 0..23 {
        setup.link(user, 6 * DAY, HOUR).await;
    }
    let mails = setup.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(lines(&mails[0]).len(), 20);
    assert!(
        mails[0].letter.text.contains("\nAnd 3 more links.\n"),
        "{}",
        mails[0].letter.text
    );
}
