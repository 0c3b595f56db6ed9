//! Notices of sign-ins on new devices.

use sealdrop_api::{CodeText, DeviceMark, account::NoticesChange};

use crate::auth::AccountWish;
use crate::auth::tests::{DAY, Device, Env, TokenWish, on_both_databases};

on_both_databases!(
    r24_a_new_device_is_told_of_and_a_known_one_is_not,
    r24_three_notices_a_day_are_enough,
    r24_who_wants_no_notices_gets_none,
);

fn device(browser: &str, system: &str, mark: Option<&DeviceMark>) -> Device {
    Device {
        browser: Some(browser.to_owned()),
        system: Some(system.to_owned()),
        mark: mark.cloned(),
    }
}

impl Env {
    /// Signs in on a device, and answers the mark that it carries from now on.
    async fn sign_in_on(&self, email: &str, device: &Device) -> DeviceMark {
        self.sql("DELETE FROM challenges WHERE consumed_at IS NOT NULL").await;
        let (challenge, code) = self.code(email).await;
        let signed_in = self.service.sign_in(&challenge, &code, None, device, None).await;
        signed_in.expect("signed in").session.expect("a session").1
    }

    async fn told(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM mails WHERE reason = 'new-device'")
            .await
    }
}

async fn r24_a_new_device_is_told_of_and_a_known_one_is_not(env: Env) {
    let mark = env.sign_in_on("ann@x.test", &device("Firefox", "Linux", None)).await;
    assert_eq!(env.told().await, 0, "none at sign-up");
    // A version and a network are nothing that a device is known by: only these two names and the mark come here.
    env.sign_in_on("ann@x.test", &device("Firefox", "Linux", Some(&mark)))
        .await;
    env.sign_in_on("ann@x.test", &device("Firefox", "Linux", None)).await;
    assert_eq!(env.told().await, 0, "the same browser");
    env.sign_in_on("ann@x.test", &device("Chrome", "Linux", Some(&mark)))
        .await;
    assert_eq!(env.told().await, 0, "the mark is enough");
    env.sign_in_on("ann@x.test", &device("Safari", "iOS", None)).await;
    assert_eq!(env.told().await, 1);
    let said = "SELECT COUNT(*) FROM mails WHERE reason = 'new-device' AND recipient = 'ann@x.test' AND payload LIKE '%Safari on iOS%'";
    assert_eq!(env.number(said).await, 1);
    env.sign_in_on("ann@x.test", &device("Safari", "iOS", None)).await;
    assert_eq!(env.told().await, 1, "it is known now");
    // The mark of another user is no mark of this one.
    let eves = env.sign_in_on("eve@x.test", &device("Edge", "Windows", None)).await;
    env.sign_in_on("ann@x.test", &device("Edge", "Windows", Some(&eves)))
        .await;
    assert_eq!(env.told().await, 2);
    // A terminal is one as well.
    for _ in 0..2 {
        let (challenge, code) = env.code("ann@x.test").await;
        let wish = TokenWish {
            name: "a laptop".to_owned(),
            scopes: vec![sealdrop_api::account::Scope::Send],
        };
        let terminal = device("Sealdrop", "Linux", None);
        let code = CodeText(code.0);
        let signed_in = env
            .service
            .sign_in(&challenge, &code, Some(&wish), &terminal, None)
            .await;
        signed_in.expect("signed in");
        assert_eq!(env.told().await, 3);
    }
}

async fn r24_three_notices_a_day_are_enough(env: Env) {
    env.sign_in_on("ann@x.test", &device("Firefox", "Linux", None)).await;
    for n in 0..10 {
        env.sign_in_on("ann@x.test", &device(&format!("Browser {n}"), "Linux", None))
            .await;
    }
    assert_eq!(env.told().await, 3);
    env.sql(&format!("UPDATE mails SET made_at = made_at - {}", (DAY + 60) * 1000))
        .await;
    env.sign_in_on("ann@x.test", &device("Browser 10", "Linux", None)).await;
    assert_eq!(env.told().await, 4, "the next day");
}

async fn r24_who_wants_no_notices_gets_none(env: Env) {
    let session = env.sign_in("ann@x.test").await;
    let signed = env.who(&session).await.expect("signed in");
    let choose = async |is_wanted: bool| {
        let wish = AccountWish {
            email: None,
            notices: Some(NoticesChange {
                new_device: Some(is_wanted),
                ..NoticesChange::default()
            }),
        };
        let account = env.service.change_account(&signed, wish).await.expect("changed");
        assert_eq!(account.notices.new_device, is_wanted);
    };
    choose(false).await;
    env.sign_in_on("ann@x.test", &device("Firefox", "Linux", None)).await;
    assert_eq!(env.told().await, 0);
    choose(true).await;
    env.sign_in_on("ann@x.test", &device("Chrome", "Linux", None)).await;
    assert_eq!(env.told().await, 1);
    let nothing = AccountWish::default();
    assert!(env.service.change_account(&signed, nothing).await.is_err());
}
