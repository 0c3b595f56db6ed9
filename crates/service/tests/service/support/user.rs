//! A user, made past signing in: what a mail would bring is tested elsewhere.

use sealdrop_api::{AccessToken, account::Scope};
use sealdrop_service::{Caller, Credentials, Signed};
use sha2::{Digest, Sha256};

use super::{TestEnv, random};

/// A user who shows an access token that may do all there is.
pub(crate) struct TestUser {
    pub(crate) id: [u8; 16],
    pub(crate) signed: Signed,
}

impl TestEnv {
    pub(crate) async fn user(&self) -> TestUser {
        self.user_with(&Scope::ALL).await
    }

    pub(crate) async fn user_with(&self, scopes: &[Scope]) -> TestUser {
        let id: [u8; 16] = random();
        let address = format!("{:032x}@x.test", u128::from_be_bytes(id));
        let user = self.literal(&id);
        self.sql(&format!(
            "INSERT INTO users (id, canonical, address, created_at) VALUES ({user}, '{address}', '{address}', 0)"
        ))
        .await;
        let signed = self.token_of(id, scopes).await;
        TestUser { id, signed }
    }

    /// One more access token of a user.
    pub(crate) async fn token_of(&self, user: [u8; 16], scopes: &[Scope]) -> Signed {
        let token = AccessToken::new(random());
        let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        self.sql(&format!(
            "INSERT INTO tokens (id, user_id, name, scopes, token_hash, created_at, expires_at) \
             VALUES ({}, {}, 'a test', '{}', {}, 0, {})",
            self.literal(&random::<16>()),
            self.literal(&user),
            names.join(" "),
            self.literal(&Sha256::digest(token.as_bytes())),
            i64::MAX / 2
        ))
        .await;
        let found = self.service.who(&Credentials::Token(token)).await;
        match found.expect("the database answers").0 {
            Caller::User(signed) => signed,
            Caller::Guest => panic!("nobody has the token"),
        }
    }

    /// Bytes that a user holds, and that are reserved for them.
    pub(crate) async fn space(&self, user: &TestUser) -> (i64, i64) {
        let id = self.literal(&user.id);
        let sql = format!("SELECT used_bytes, reserved_bytes FROM users WHERE id = {id}");
        let numbers = self.numbers(&sql).await;
        (numbers[0], numbers[1])
    }

    /// Gives users of the plan `free` so much.
    pub(crate) async fn give_space(&self, bytes: u64) {
        self.sql(&format!("UPDATE plans SET storage_bytes = {bytes} WHERE name = 'free'"))
            .await;
    }

    /// Adds up what every user holds, and compares.
    pub(crate) async fn assert_space(&self) {
        let database = self.database().await;
        let wrong = sealdrop_test_support::invariants::wrong_accounts(&database).await;
        database.close().await.expect("it closes");
        assert_eq!(wrong.expect("read"), Vec::<String>::new());
    }
}
