//! One mail a day.

use sealdrop_api::account::NoticesChange;

use super::{DAY, HOUR, Setup, ids, lines};
use crate::{
    audit::Operator,
    auth::{UserAdmin, UserChange, UserKey},
    jobs::worker::tests::{Env, on_both_databases, run_due},
};

on_both_databases!(
    m43_one_mail_a_day_says_everything_once,
    m43_a_changed_choice_loses_nothing_and_says_nothing_twice,
    m43_two_that_gather_at_once_say_each_thing_once,
    m43_a_closed_account_is_told_nothing,
);

fn daily(is_wanted: bool) -> NoticesChange {
    NoticesChange {
        daily: Some(is_wanted),
        ..NoticesChange::default()
    }
}

async fn m43_one_mail_a_day_says_everything_once(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    setup.choose(user, daily(true)).await;
    let link = setup.link(user, HOUR, 9 * DAY).await;
    setup.link(user, 6 * DAY, 2 * DAY - HOUR).await;
    setup
        .env
        .sql("UPDATE users SET used_bytes = 900, quota_bytes = 1000")
        .await;
    for _ in 0..3 {
        setup.download(&link).await;
        assert_eq!(setup.mails().await.len(), 0, "not one by one");
    }
    setup.pass(DAY).await;
    let mails = setup.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].letter.subject, "News of your links and storage");
    let said = lines(&mails[0]);
    assert!(said.iter().any(|line| line.contains("downloaded 3 times")), "{said:?}");
    assert!(said.iter().any(|line| line.contains(": expires ")), "{said:?}");
    assert!(said.contains(&"900 B of 1.0 kB used"), "{said:?}");
    for _ in 0..3 {
        setup.pass(DAY).await;
        assert_eq!(setup.mails().await.len(), 0, "nothing twice");
    }
    setup.download(&link).await;
    assert_eq!(setup.mails().await.len(), 0);
    setup.pass(DAY).await;
    let mails = setup.mails().await;
    assert!(
        lines(&mails[0])[0].contains("downloaded once, 4 of 30"),
        "{:?}",
        lines(&mails[0])
    );
}

async fn m43_a_changed_choice_loses_nothing_and_says_nothing_twice(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    let link = setup.link(user, HOUR, 9 * DAY).await;
    let mut said = 0;
    for is_daily in [true, false, true, false] {
        setup.choose(user, daily(is_daily)).await;
        setup.download(&link).await;
        said += setup.mails().await.len();
    }
    setup.choose(user, daily(true)).await;
    setup.pass(DAY).await;
    said += setup.mails().await.len();
    assert_eq!(
        setup.env.number("SELECT CAST(SUM(times) AS BIGINT) FROM notices").await,
        4
    );
    assert_eq!(setup.count("notices WHERE mail_id IS NULL").await, 0);
    let mails = setup.double.seen();
    assert_eq!(mails.len(), said);
    let times = |line: &str| match line {
        line if line.contains("downloaded once") => 1,
        line if line.contains("downloaded 2 times") => 2,
        line => panic!("{line}"),
    };
    let told: i32 = mails.iter().flat_map(lines).map(times).sum();
    assert_eq!(told, 4, "each once");
}

async fn m43_two_that_gather_at_once_say_each_thing_once(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    setup.choose(user, daily(true)).await;
    setup.download(&setup.link(user, HOUR, 9 * DAY).await).await;
    run_due(&setup.worker).await;
    let gather = (0..8).map(|_| setup.service.gather_notices(user));
    for gathered in futures::future::join_all(gather).await {
        gathered.expect("gathered");
    }
    let mails = setup.mails().await;
    assert_eq!((ids(&mails).len(), setup.count("mails").await), (1, 1));
}

async fn m43_a_closed_account_is_told_nothing(env: Env) {
    let setup = Setup::new(env).await;
    let user = setup.user(1).await;
    setup.choose(user, daily(true)).await;
    let link = setup.link(user, HOUR, 9 * DAY).await;
    setup.download(&link).await;
    let users = UserAdmin::open(&setup.env.config.database).await.expect("it opens");
    let closed = users.close(&UserKey::Id(user), &Operator::unknown()).await;
    assert_eq!(closed.expect("closed"), UserChange::Done);
    assert_eq!(setup.count("notices").await, 0);
    setup.pass(DAY).await;
    assert_eq!(setup.subjects().await, ["Your account was closed"]);
}
