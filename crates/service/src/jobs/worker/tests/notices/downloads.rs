//! A download of a user's link.

use sealdrop_api::{account::NoticesChange, claims::Purpose};

use super::{DAY, HOUR, Setup, lines};
use crate::jobs::worker::tests::{Env, mails::later, on_both_databases};

on_both_databases!(
    m40_a_download_is_told_once_however_often_it_is_committed,
    m40_what_is_no_download_of_a_user_who_asked_is_not_told,
    m40_five_mails_a_day_and_the_rest_in_one,
    m40_racing_downloads_are_all_told_and_mails_are_few,
    m40_a_copy_of_a_notice_is_the_same_mail,
    m40_what_was_told_is_forgotten_after_thirty_days,
);

async fn m40_a_download_is_told_once_however_often_it_is_committed(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    let link = setup.link(user, HOUR, DAY).await;
    let claim = setup.claim(&link, Purpose::Download).await;
    assert_eq!(setup.mails().await.len(), 0, "it has only begun");
    for _ in 0..3 {
        setup.commit(&link, claim).await;
    }
    let mails = setup.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to.deliverable(), "u1@x.test");
    assert_eq!(mails[0].letter.subject, "Your link was downloaded");
    let said = lines(&mails[0]);
    assert!(
        said.len() == 1
            && said[0].starts_with("1.4 GB, made ")
            && said[0].ends_with(": downloaded once, 1 of 30 downloads used"),
        "{said:?}"
    );
    setup.commit(&link, claim).await;
    assert_eq!(setup.mails().await.len(), 0);
    // What brings the claim down brings the notice down: both are in one transaction.
    let reasons = "mails WHERE reason = 'link-downloaded' AND state = 'sent'";
    assert_eq!(setup.count(reasons).await, 1);
}

async fn m40_what_is_no_download_of_a_user_who_asked_is_not_told(env: Env) {
    let setup = Setup::new(env).await;
    let (user, other) = (setup.user(1).await, setup.user(2).await);
    let link = setup.link(user, HOUR, DAY).await;
    let look = setup.claim(&link, Purpose::Preview).await;
    setup.commit(&link, look).await;
    let guests = setup.link(user, HOUR, DAY).await;
    setup
        .env
        .sql(&format!(
            "UPDATE links SET user_id = NULL WHERE link_id = {}",
            setup.blob(&guests.id.0)
        ))
        .await;
    setup.download(&guests).await;
    let off = NoticesChange {
        link_downloaded: Some(false),
        ..NoticesChange::default()
    };
    setup.choose(other, off).await;
    setup.download(&setup.link(other, HOUR, DAY).await).await;
    assert_eq!(setup.mails().await.len(), 0);
    assert_eq!(setup.count("notices").await, 0);
    // Who turns it off is not told what waits, not even by a mail that waits for its next try.
    setup.double.answer([later()]);
    setup.download(&link).await;
    assert_eq!(setup.mails().await.len(), 1, "a try");
    setup.download(&link).await;
    setup.choose(user, off).await;
    setup.pass(HOUR).await;
    assert_eq!(setup.mails().await.len(), 0);
    assert_eq!(setup.count("mails WHERE state = 'expired'").await, 1);
}

async fn m40_five_mails_a_day_and_the_rest_in_one(env: Env) {
    let setup = Setup::new(env).await;
    let (user, other) = (setup.user(1).await, setup.user(2).await);
    let link = setup.link(user, HOUR, 9 * DAY).await;
    let second = setup.link(user, HOUR, 9 * DAY).await;
    let mut mails = 0;
    for _ in 0..8 {
        setup.download(&link).await;
        mails += setup.mails().await.len();
    }
    setup.download(&second).await;
    setup.download(&setup.link(other, HOUR, DAY).await).await;
    assert_eq!(mails, 5);
    assert_eq!(setup.mails().await.len(), 1, "another user's are their own");
    assert_eq!(setup.count("notices WHERE mail_id IS NULL").await, 2, "one row a link");
    // The next morning.
    setup.pass(DAY).await;
    let rest = setup.mails().await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].letter.subject, "Your links were downloaded");
    let said = lines(&rest[0]);
    assert_eq!(said.len(), 2);
    assert!(
        said.iter()
            .any(|line| line.ends_with("downloaded 3 times, 8 of 30 downloads used")),
        "{said:?}"
    );
    setup.pass(DAY).await;
    assert_eq!(setup.mails().await.len(), 0);
    setup.download(&link).await;
    assert_eq!(setup.mails().await.len(), 1, "another day");
}

async fn m40_racing_downloads_are_all_told_and_mails_are_few(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    let mut links = Vec::new();
    for _ in 0..4 {
        links.push(setup.link(user, HOUR, 9 * DAY).await);
    }
    let downloads = (0..24).map(|n| setup.download(&links[n % 4]));
    let told = async {
        for _ in 0..10 {
            super::run_due(&setup.worker).await;
        }
    };
    futures::future::join(futures::future::join_all(downloads), told).await;
    setup.mails().await;
    setup.pass(DAY).await;
    setup.mails().await;
    let mails = setup.double.seen();
    assert!(mails.len() <= 6, "{}", mails.len());
    assert_eq!(
        setup.env.number("SELECT CAST(SUM(times) AS BIGINT) FROM notices").await,
        24
    );
    assert_eq!(setup.count("notices WHERE mail_id IS NULL").await, 0, "all are told");
}

async fn m40_a_copy_of_a_notice_is_the_same_mail(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    let link = setup.link(user, HOUR, DAY).await;
    setup.double.answer([later()]);
    setup.download(&link).await;
    let first = setup.mails().await;
    setup.download(&link).await;
    setup
        .env
        .sql("UPDATE users SET address = 'new@x.test', canonical = 'new@x.test'")
        .await;
    setup.pass(HOUR).await;
    let next = setup.mails().await;
    assert_eq!((first.len(), next.len()), (1, 2), "another download is another mail");
    let copy = next.iter().find(|mail| mail.id == first[0].id).expect("a copy");
    assert!(lines(copy)[0].contains("downloaded once"), "{:?}", lines(copy));
    assert_eq!(copy.to.deliverable(), "new@x.test", "where the user is now");
}

async fn m40_what_was_told_is_forgotten_after_thirty_days(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    setup.download(&setup.link(user, HOUR, DAY).await).await;
    setup.mails().await;
    setup.pass(29 * DAY).await;
    setup.mails().await;
    assert_eq!(setup.count("notices").await, 1);
    setup.pass(2 * DAY).await;
    setup.mails().await;
    assert_eq!(setup.count("notices").await, 0);
}
