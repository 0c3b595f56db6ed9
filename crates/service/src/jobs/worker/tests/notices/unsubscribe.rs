//! Turning notices off with one POST of a mail program.

use std::sync::Arc;

use super::{DAY, HOUR, Setup};
use crate::{
    clock::SystemClock,
    jobs::worker::tests::{Env, on_both_databases},
    mails::MailReason,
    origin::Origin,
    service::Service,
};

on_both_databases!(
    m44_an_address_turns_off_one_kind_of_one_user,
    m44_no_other_token_turns_anything_off
);

const START: &str = "https://files.test/unsubscribe/";

impl Setup {
    /// The token of a mail that tells a user of a download.
    async fn token(&self, user: [u8; 16]) -> String {
        self.download(&self.link(user, HOUR, DAY).await).await;
        let mails = self.mails().await;
        let url = mails[0].unsubscribe_url.as_deref().expect("an address");
        url.strip_prefix(START).expect("where it is").to_owned()
    }

    /// What a user is told of: downloads, unused links, storage, new devices.
    async fn wants(&self, user: [u8; 16]) -> [i64; 4] {
        let id = self.blob(&user);
        let mut wants = [0; 4];
        let columns = [
            "notify_link_downloaded",
            "notify_link_unused",
            "notify_storage",
            "notify_new_device",
        ];
        for (want, column) in wants.iter_mut().zip(columns) {
            let sql = format!("SELECT CAST({column} AS BIGINT) FROM users WHERE id = {id}");
            *want = self.env.number(&sql).await;
        }
        wants
    }

    async fn post(&self, token: &str) {
        self.service.unsubscribe(token).await.expect("an answer");
    }
}

async fn m44_an_address_turns_off_one_kind_of_one_user(env: Env) {
    let setup = Setup::new(env).await;
    let (user, other) = (setup.user(1).await, setup.user(2).await);
    let token = setup.token(user).await;
    assert!(token.len() == 44 && !token.contains("u1"), "{token}");
    for _ in 0..2 {
        setup.post(&token).await;
        assert_eq!(setup.wants(user).await, [0, 1, 1, 1]);
        assert_eq!(setup.wants(other).await, [1, 1, 1, 1]);
    }
    setup.download(&setup.link(user, HOUR, DAY).await).await;
    assert_eq!(setup.mails().await.len(), 0);
    // A summary is of everything but who may use the account.
    setup
        .env
        .sql("UPDATE users SET notify_daily = 1, used_bytes = 900, quota_bytes = 1000")
        .await;
    setup.download(&setup.link(other, HOUR, DAY).await).await;
    setup.mails().await;
    setup.pass(DAY).await;
    let mails = setup.mails().await;
    let summary = mails
        .iter()
        .find(|mail| mail.to.deliverable() == "u2@x.test")
        .expect("a mail");
    assert_eq!(summary.letter.subject, "News of your links and storage");
    let url = summary.unsubscribe_url.as_deref().expect("an address");
    setup.post(&url[START.len()..]).await;
    assert_eq!(setup.wants(other).await, [0, 0, 0, 1]);
}

async fn m44_no_other_token_turns_anything_off(env: Env) {
    let setup = Setup::new(env).await;
    let (user, other) = (setup.user(1).await, setup.user(2).await);
    let token = setup.token(user).await;
    let mut wrong = vec![
        String::new(),
        "x".repeat(44),
        token[..43].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        "A".repeat(10_000),
        "\u{202e}/..%00".to_owned(),
    ];
    // Each letter changed: another user, another kind, another sum.
    for at in 0..token.len() {
        let mut letters: Vec<char> = token.chars().collect();
        letters[at] = if letters[at] == 'B' { 'C' } else { 'B' };
        wrong.push(letters.into_iter().collect());
    }
    for token in &wrong {
        setup.post(token).await;
    }
    assert_eq!(setup.wants(user).await, [1; 4]);
    assert_eq!(setup.wants(other).await, [1; 4]);
    // Neither codes nor what is about who may use the account can be turned off so.
    let reasons = [MailReason::SignInCode, MailReason::EmailChanged, MailReason::NewDevice];
    for reason in reasons {
        assert_eq!(setup.service.unsubscribe_url(user, reason), None, "{reason}");
    }
    // Without an address that browsers reach by https there is none.
    for public in [None, Some(Origin::new("http", "files.test").expect("an origin"))] {
        let mut config = setup.env.config.clone();
        config.public = public;
        let service = Service::connect(config, Arc::new(SystemClock)).await;
        let url = service.expect("it starts").unsubscribe_url(user, MailReason::Storage);
        assert_eq!(url, None);
    }
}
