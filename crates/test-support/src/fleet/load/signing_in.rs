//! People who sign in: a code by mail, which is typed twice at the same moment.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use super::{requests::Browser, shared::Load};
use crate::fleet::{servers::Fleet, settings::SECRET};

const CODES: &str = "/api/v1/auth/codes";
const SESSIONS: &str = "/api/v1/auth/sessions";

pub(super) async fn sign_in_and_out(load: Arc<Load>, fleet: Arc<Fleet>, number: usize) {
    let mut times = 0;
    while load.goes_on() {
        times += 1;
        let address = format!("user-{number}-{times}@x.test");
        match sign_in(&load, &fleet, &address).await {
            Ok(Some(mut browser)) => match browser.ask(Method::DELETE, "/api/v1/auth/sessions/current", None).await {
                Ok(_) => load.count("signed in"),
                Err(why) => load.broken(format!("signing out: {why:#}")),
            },
            Ok(None) => load.count("sign-ins lost to a kill"),
            Err(why) => load.broken(format!("signing in: {why:#}")),
        }
    }
}

/// Signs in; nobody, where the answer with the session went down with a server.
pub(super) async fn sign_in<'a>(load: &'a Load, fleet: &Fleet, address: &str) -> anyhow::Result<Option<Browser<'a>>> {
    let mut browser = Browser::new(load)?;
    let body = json!({ "purpose": "sign-in", "email": address });
    let asked = browser.ask(Method::POST, CODES, Some(&body)).await?;
    if asked.status() == StatusCode::TOO_MANY_REQUESTS {
        // The answer to the first was lost, and the second came too soon after it.
        return Ok(None);
    }
    ensure!(asked.status() == StatusCode::ACCEPTED, "{}", asked.status());
    let challenge = browser.cookies.get("challenge").context("a challenge")?;
    let code = code_of(challenge)?;
    wait_for_mail(load, fleet, address, &code).await?;

    // I7: a code is good for one session, however often it is typed and at whichever server.
    let typed = json!({ "code": code });
    let twice = tokio::join!(
        browser.ask_once(Method::POST, SESSIONS, &typed),
        browser.ask_once(Method::POST, SESSIONS, &typed)
    );
    let mut answers: Vec<Response> = [twice.0, twice.1].into_iter().flatten().collect();
    if !answers.iter().any(|answer| answer.status() == StatusCode::CREATED) {
        answers.push(browser.ask(Method::POST, SESSIONS, Some(&typed)).await?);
    }
    let (mut accepted, all) = answers
        .into_iter()
        .partition::<Vec<_>, _>(|answer| answer.status() == StatusCode::CREATED);
    ensure!(accepted.len() < 2, "I7: a code was accepted twice");
    ensure!(
        all.iter()
            .all(|answer| answer.status() != StatusCode::INTERNAL_SERVER_ERROR),
        "I10: a code was answered with 500"
    );
    let Some(accepted) = accepted.pop() else {
        return Ok(None);
    };
    browser.keep(&accepted)?;
    let secret = browser.cookies.get("session").cloned().context("a session")?;
    load.heard(|heard| heard.secrets.push(secret));
    Ok(Some(browser))
}

/// The mail with the code comes, by whichever server sends it.
async fn wait_for_mail(load: &Load, fleet: &Fleet, address: &str, code: &str) -> anyhow::Result<()> {
    let gives_up_at = load.gives_up_at();
    loop {
        let has_come = fleet.brevo.requests().iter().any(|mail| {
            mail.body["to"][0]["email"] == address
                && mail.body["textContent"]
                    .as_str()
                    .is_some_and(|text| text.contains(code))
        });
        if has_come {
            load.count("codes mailed");
            return Ok(());
        }
        ensure!(Instant::now() < gives_up_at, "I10: a code was never mailed");
        sleep(Duration::from_millis(50)).await;
    }
}

/// The code of a challenge, by the rule that is written down (docs/design/adr/0017-codes-are-derived.md).
fn code_of(challenge: &str) -> anyhow::Result<String> {
    let challenge = Base64UrlUnpadded::decode_vec(challenge).map_err(|error| anyhow::anyhow!("{error}"))?;
    let id = Sha256::digest(challenge);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    for part in [b"sealdrop/1/code".as_slice(), id.as_slice(), b"sign-in"] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let sum = mac.finalize().into_bytes();
    let first = u64::from_be_bytes(*sum.first_chunk().context("32 bytes")?);
    Ok(format!("{:08}", first % 100_000_000))
}
