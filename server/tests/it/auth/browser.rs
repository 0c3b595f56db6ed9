//! A browser as far as signing in goes: it keeps cookies and says where its requests come from.

use std::{collections::BTreeMap, path::Path, time::Duration};

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Method, Response};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use sealdrop_api::Challenge;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Result, Server};

/// The secret of the servers of these tests.
pub(crate) const SECRET: &str = "a secret of the tests, which is long enough";
const PATIENCE: Duration = Duration::from_secs(60);

/// One browser, or one terminal that keeps cookies.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    pub(crate) cookies: BTreeMap<String, String>,
    /// What it says of itself.
    pub(crate) agent: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn of(server: &'a Server) -> Self {
        Self {
            server,
            cookies: BTreeMap::new(),
            agent: "reqwest".to_owned(),
        }
    }

    /// Sends a request as a page of this server does over plain http, and keeps the cookies of the answer.
    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Result<Response> {
        let request = self.server.request(method, path).header("origin", &self.server.base);
        let request = request.header("user-agent", &self.agent);
        let request = match self.cookie_line() {
            line if line.is_empty() => request,
            line => request.header("cookie", line),
        };
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await?;
        self.keep(&answer)?;
        Ok(answer)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Response> {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Result<Response> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Sends a form, as a page without a program does.
    pub(crate) async fn form(&mut self, path: &str, fields: &str) -> Result<Response> {
        let request = self
            .server
            .request(Method::POST, path)
            .header("origin", &self.server.base);
        let request = match self.cookie_line() {
            line if line.is_empty() => request,
            line => request.header("cookie", line),
        };
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(fields.to_owned()).send().await?;
        self.keep(&answer)?;
        Ok(answer)
    }

    pub(crate) fn cookie_line(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: &Response) -> Result {
        for line in answer.headers().get_all("set-cookie") {
            let line = line.to_str()?;
            let (name, rest) = line.split_once('=').ok_or("a cookie")?;
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(())
    }

    /// Asks for a code, waits until it was mailed, and answers what the mail says.
    pub(crate) async fn ask(&mut self, purpose: &str, email: Option<&str>) -> Result<String> {
        let body = match email {
            Some(email) => json!({"purpose": purpose, "email": email}),
            None => json!({"purpose": purpose}),
        };
        let asked = self.post("/api/v1/auth/codes", body).await?;
        assert_eq!(asked.status(), 202, "{}", asked.text().await?);
        mails_are_sent(self.server).await?;
        let challenge = self.cookies.get("challenge").ok_or("a challenge")?;
        code_of(challenge, purpose, SECRET)
    }

    pub(crate) async fn sign_in(&mut self, email: &str) -> Result {
        let code = self.ask("sign-in", Some(email)).await?;
        let answer = self.post("/api/v1/auth/sessions", json!({"code": code})).await?;
        assert_eq!(answer.status(), 201, "{}", answer.text().await?);
        Ok(())
    }

    /// An access token of who is signed in, who showed lately that it is them.
    pub(crate) async fn make_token(&mut self, scopes: &[&str]) -> Result<String> {
        let body = json!({"name": "a laptop", "scopes": scopes});
        let made = self.post("/api/v1/account/tokens", body).await?;
        assert_eq!(made.status(), 201);
        let made: Value = made.json().await?;
        Ok(made["token"].as_str().ok_or("a token")?.to_owned())
    }
}

/// The code of a challenge, by the rule that is written down (docs/design/adr/0017-codes-are-derived.md).
pub(crate) fn code_of(challenge: &str, purpose: &str, secret: &str) -> Result<String> {
    let challenge: Challenge = challenge.parse()?;
    let id = Sha256::digest(challenge.as_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    for part in [b"sealdrop/1/code".as_slice(), id.as_slice(), purpose.as_bytes()] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let sum = mac.finalize().into_bytes();
    let first = u64::from_be_bytes(sum[..8].try_into()?);
    Ok(format!("{:08}", first % 100_000_000))
}

/// The database of a server, past it.
async fn database(data: &Path) -> Result<DatabaseConnection> {
    let path = data.join("sealdrop.db");
    Ok(Database::connect(format!("sqlite://{}", path.display())).await?)
}

pub(crate) async fn number(server: &Server, sql: &str) -> Result<i64> {
    number_in(&server.data(), sql).await
}

/// The one number that a query finds.
pub(crate) async fn number_in(data: &Path, sql: &str) -> Result<i64> {
    let database = database(data).await?;
    let query = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(query).await?.ok_or("a row")?;
    let number = row.try_get_by_index(0)?;
    database.close().await?;
    Ok(number)
}

pub(crate) async fn change(server: &Server, sql: &str) -> Result {
    let database = database(&server.data()).await?;
    database.execute_unprepared(sql).await?;
    database.close().await?;
    Ok(())
}

/// Waits until no mail waits any more.
pub(crate) async fn mails_are_sent(server: &Server) -> Result {
    mails_are_sent_from(&server.data()).await
}

/// The same of a server that is known by its folder.
pub(crate) async fn mails_are_sent_from(data: &Path) -> Result {
    let sent = async {
        while number_in(data, "SELECT COUNT(*) FROM mails WHERE state = 'waiting'").await? > 0 {}
        Ok(())
    };
    tokio::time::timeout(PATIENCE, sent).await?
}
