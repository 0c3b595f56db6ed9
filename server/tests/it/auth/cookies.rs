//! From the code to the session and out again.

use reqwest::{Method, StatusCode};
use sealdrop_api::ProblemType;
use serde_json::{Value, json};

use super::browser::{Browser, SECRET, code_of, mails_are_sent};
use crate::harness::{Result, Server, problem};

const SETTINGS: &[(&str, &str)] = &[("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_RATE_LIMITS", "off")];

#[tokio::test]
async fn a07_a10_a_browser_signs_in_and_out() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let mut browser = Browser::of(&server);
    assert_eq!(
        problem(browser.get("/api/v1/account").await?).await?.kind,
        ProblemType::Unauthenticated
    );
    let told = browser.get("/api/v1/auth/challenge").await?;
    assert_eq!(
        (told.status(), told.text().await?.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    let code = browser.ask("sign-in", Some("ann@x.test")).await?;
    let told: Value = browser.get("/api/v1/auth/challenge").await?.json().await?;
    assert_eq!(
        (told["email"].as_str(), told["tries_left"].as_u64()),
        (Some("ann@x.test"), Some(5))
    );
    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    let refused = problem(browser.post("/api/v1/auth/sessions", json!({"code": wrong})).await?).await?;
    assert_eq!((refused.kind, refused.tries_left), (ProblemType::CodeWrong, Some(4)));
    let answer = browser.post("/api/v1/auth/sessions", json!({"code": code})).await?;
    let set: Vec<_> = answer.headers().get_all("set-cookie").iter().cloned().collect();
    assert_eq!(set.len(), 3);
    for line in &set {
        let line = line.to_str()?;
        assert!(line.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{line}");
    }
    let said: Value = answer.json().await?;
    assert_eq!(
        (said["is_new"].as_bool(), said["user"]["email"].as_str()),
        (Some(true), Some("ann@x.test"))
    );
    let names: Vec<&str> = browser.cookies.keys().map(String::as_str).collect();
    assert_eq!(names, ["device", "session"]);
    let account: Value = browser.get("/api/v1/account").await?.json().await?;
    assert_eq!(account, said["user"]);
    let list: Value = browser.get("/api/v1/auth/sessions").await?.json().await?;
    assert_eq!(
        (
            list["sessions"].as_array().map(Vec::len),
            list["sessions"][0]["is_current"].as_bool()
        ),
        (Some(1), Some(true))
    );
    let before = browser.cookie_line();
    let out = browser
        .send(Method::DELETE, "/api/v1/auth/sessions/current", None)
        .await?;
    assert_eq!(out.status(), 204);
    assert!(
        !out.headers().contains_key("clear-site-data"),
        "what only this device holds stays"
    );
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["device"], "the mark stays");
    let again = server
        .request(Method::GET, "/api/v1/account")
        .header("cookie", before)
        .send()
        .await?;
    assert_eq!(problem(again).await?.kind, ProblemType::Unauthenticated);
    server.stop().await;
    Ok(())
}

/// A session that somebody planted in a browser ends when its owner signs in there.
#[tokio::test]
async fn a07_signing_in_ends_the_session_that_the_browser_had() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let mut browser = Browser::of(&server);
    browser.sign_in("eve@x.test").await?;
    let planted = browser.cookie_line();
    browser.sign_in("ann@x.test").await?;
    let account: Value = browser.get("/api/v1/account").await?.json().await?;
    assert_eq!(account["email"].as_str(), Some("ann@x.test"));
    let request = server.request(Method::GET, "/api/v1/account").header("cookie", planted);
    assert_eq!(problem(request.send().await?).await?.kind, ProblemType::Unauthenticated);
    let live = "SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL";
    assert_eq!(super::browser::number(&server, live).await?, 1);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn a07_https_has_cookies_of_the_host_alone() -> Result {
    let mut settings = SETTINGS.to_vec();
    settings.push(("SEALDROP_PUBLIC_URL", "https://drop.test"));
    let server = Server::start_with(&settings).await?;
    let mut browser = Browser::of(&server);
    let body = json!({"purpose": "sign-in", "email": "ann@x.test"});
    let asked = browser.post("/api/v1/auth/codes", body).await?;
    let set = asked.headers()["set-cookie"].to_str()?.to_owned();
    assert!(
        set.starts_with("__Host-challenge=") && set.ends_with("; SameSite=Lax; Secure"),
        "{set}"
    );
    let said: Value = asked.json().await?;
    assert_eq!(
        said,
        json!({"expires_in": 600, "resend_in": 60}),
        "a page never sees the challenge"
    );
    mails_are_sent(&server).await?;
    let code = code_of(&browser.cookies["__Host-challenge"], "sign-in", SECRET)?;
    let answer = browser.post("/api/v1/auth/sessions", json!({"code": code})).await?;
    assert_eq!(answer.status(), 201);
    let names: Vec<&str> = browser.cookies.keys().map(String::as_str).collect();
    assert_eq!(names, ["__Host-device", "__Host-session"]);
    // What a neighbour planted beside it makes nobody of who has both.
    let line = format!("{}; __Host-session={}", browser.cookie_line(), "A".repeat(43));
    let planted = server
        .request(Method::GET, "/api/v1/account")
        .header("cookie", line)
        .send()
        .await?;
    assert_eq!(problem(planted).await?.kind, ProblemType::Unauthenticated);
    server.stop().await;
    Ok(())
}

/// What is no browser has the challenge in its hands, and may have an access token.
#[tokio::test]
async fn a09_a_terminal_signs_in_with_an_access_token() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let post = async |path: &str, body: Value| server.request(Method::POST, path).json(&body).send().await;
    let asked = post(
        "/api/v1/auth/codes",
        json!({"purpose": "sign-in", "email": "ann@x.test"}),
    )
    .await?;
    assert!(!asked.headers().contains_key("set-cookie"));
    let asked: Value = asked.json().await?;
    let challenge = asked["challenge"].as_str().ok_or("a challenge")?.to_owned();
    mails_are_sent(&server).await?;
    let code = code_of(&challenge, "sign-in", SECRET)?;
    let mut body = json!({"code": code, "challenge": challenge, "as": "token"});
    let refused = problem(post("/api/v1/auth/sessions", body.clone()).await?).await?;
    assert_eq!(
        refused.kind,
        ProblemType::InvalidRequest,
        "a name and scopes are missing"
    );
    body["name"] = "a laptop".into();
    body["scopes"] = json!(["read"]);
    // A code is a string: a number is refused and costs no try.
    let mut number = body.clone();
    number["code"] = 12345.into();
    assert_eq!(
        problem(post("/api/v1/auth/sessions", number).await?).await?.kind,
        ProblemType::InvalidRequest
    );
    let answer = post("/api/v1/auth/sessions", body).await?;
    assert_eq!(answer.status(), 201);
    assert!(!answer.headers().contains_key("set-cookie"));
    let answer: Value = answer.json().await?;
    let token = answer["token"]["token"].as_str().ok_or("a token")?.to_owned();
    assert!(token.starts_with("sd_") && token.len() == 46);
    // It is its user, whatever cookie comes along; one that is none makes nobody of a signed-in browser.
    let mut ben = Browser::of(&server);
    ben.sign_in("ben@x.test").await?;
    for (bearer, expected) in [
        (format!("Bearer {token}"), Some("ann@x.test")),
        ("Bearer x".to_owned(), None),
    ] {
        let request = server
            .request(Method::GET, "/api/v1/account")
            .header("cookie", ben.cookie_line());
        let answer: Value = request.header("authorization", bearer).send().await?.json().await?;
        assert_eq!(answer["email"].as_str(), expected, "{answer}");
    }
    let out = server
        .request(Method::DELETE, "/api/v1/auth/sessions/current")
        .bearer_auth(&token);
    assert_eq!(out.send().await?.status(), 204);
    let gone = server
        .request(Method::GET, "/api/v1/account")
        .bearer_auth(&token)
        .send()
        .await?;
    assert_eq!(problem(gone).await?.kind, ProblemType::Unauthenticated);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn r25_a_step_up_needs_its_session() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let mut browser = Browser::of(&server);
    let step_up = json!({"purpose": "step-up"});
    let nobody = problem(browser.post("/api/v1/auth/codes", step_up).await?).await?;
    assert_eq!(nobody.kind, ProblemType::Unauthenticated);
    browser.sign_in("ann@x.test").await?;
    let mails = "SELECT COUNT(*) FROM mails";
    let before = super::browser::number(&server, mails).await?;
    let elsewhere = json!({"purpose": "step-up", "email": "eve@x.test"});
    let refused = problem(browser.post("/api/v1/auth/codes", elsewhere).await?).await?;
    assert_eq!(refused.kind, ProblemType::InvalidRequest);
    assert_eq!(super::browser::number(&server, mails).await?, before, "no mail");
    super::browser::change(&server, "UPDATE sessions SET stepped_up_at = 1").await?;
    let token = json!({"name": "a laptop", "scopes": ["send"]});
    let refused = problem(browser.post("/api/v1/account/tokens", token.clone()).await?).await?;
    assert_eq!(refused.kind, ProblemType::StepUpNeeded);
    let code = browser.ask("step-up", None).await?;
    let shown = browser.post("/api/v1/auth/step-up", json!({"code": code})).await?;
    assert_eq!(shown.status(), 204);
    assert_eq!(browser.post("/api/v1/account/tokens", token).await?.status(), 201);
    server.stop().await;
    Ok(())
}

/// The rest of row 25, and rows 26 and 27 as a browser and a terminal meet them.
#[tokio::test]
async fn r25_r26_a_new_address_by_its_code() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let (mut browser, mut other) = (Browser::of(&server), Browser::of(&server));
    let wish = |to: &str| json!({"purpose": "change-email", "new_email": to});
    let nobody = problem(browser.post("/api/v1/auth/codes", wish("new@y.test")).await?).await?;
    assert_eq!(nobody.kind, ProblemType::Unauthenticated);
    browser.sign_in("ann@x.test").await?;
    other.sign_in("ann@x.test").await?;
    let token = browser.make_token(&["read", "manage"]).await?;
    for wrong in [
        json!({"purpose": "change-email"}),
        json!({"purpose": "change-email", "email": "new@y.test"}),
        json!({"purpose": "change-email", "email": "ann@x.test", "new_email": "new@y.test"}),
        json!({"purpose": "sign-in", "email": "ann@x.test", "new_email": "new@y.test"}),
        json!({"purpose": "step-up", "new_email": "new@y.test"}),
    ] {
        let refused = problem(browser.post("/api/v1/auth/codes", wrong.clone()).await?).await?;
        assert_eq!(refused.kind, ProblemType::InvalidRequest, "{wrong}");
    }
    let asked = browser.post("/api/v1/auth/codes", wish("new@y.test")).await?;
    assert_eq!(asked.status(), 202);
    mails_are_sent(&server).await?;
    let told: Value = browser.get("/api/v1/auth/challenge").await?.json().await?;
    assert_eq!(
        (told["purpose"].as_str(), told["email"].as_str()),
        (Some("change-email"), Some("new@y.test"))
    );
    let code = code_of(&browser.cookies["challenge"], "change-email", SECRET)?;
    let by_token = server.request(Method::PATCH, "/api/v1/account").bearer_auth(&token);
    let by_token = by_token
        .json(&json!({"code": code, "challenge": browser.cookies["challenge"]}))
        .send()
        .await?;
    assert_eq!(problem(by_token).await?.kind, ProblemType::StepUpNeeded);
    let body = Some(json!({"code": code}));
    let changed = browser.send(Method::PATCH, "/api/v1/account", body).await?;
    assert_eq!(changed.status(), 200);
    let changed: Value = changed.json().await?;
    assert_eq!(changed["email"].as_str(), Some("new@y.test"));
    assert!(!browser.cookies.contains_key("challenge"), "it is spent");
    let gone = problem(other.get("/api/v1/account").await?).await?;
    assert_eq!(gone.kind, ProblemType::Unauthenticated);
    let gone = server.request(Method::GET, "/api/v1/account").bearer_auth(&token);
    assert_eq!(problem(gone.send().await?).await?.kind, ProblemType::Unauthenticated);
    let told = "SELECT COUNT(*) FROM mails WHERE reason = 'email-changed' AND recipient = 'ann@x.test'";
    assert_eq!(super::browser::number(&server, told).await?, 1);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn r27_a11_a_closed_account_is_a_guest() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let (mut browser, mut other) = (Browser::of(&server), Browser::of(&server));
    browser.sign_in("ann@x.test").await?;
    other.sign_in("ann@x.test").await?;
    let token = browser.make_token(&["send", "read", "manage"]).await?;
    let by_token = server.request(Method::DELETE, "/api/v1/account").bearer_auth(&token);
    assert_eq!(problem(by_token.send().await?).await?.kind, ProblemType::StepUpNeeded);
    let closed = browser.send(Method::DELETE, "/api/v1/account", None).await?;
    assert_eq!(closed.status(), 204);
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["device"]);
    let gone = server.request(Method::GET, "/api/v1/account").bearer_auth(&token);
    assert_eq!(problem(gone.send().await?).await?.kind, ProblemType::Unauthenticated);
    assert_eq!(
        problem(other.get("/api/v1/account").await?).await?.kind,
        ProblemType::Unauthenticated
    );
    // The address signs up again, as somebody new.
    let code = browser.ask("sign-in", Some("ann@x.test")).await?;
    let answer: Value = browser
        .post("/api/v1/auth/sessions", json!({"code": code}))
        .await?
        .json()
        .await?;
    assert_eq!(answer["is_new"].as_bool(), Some(true));
    let gone = server.request(Method::GET, "/api/v1/account").bearer_auth(&token);
    assert_eq!(problem(gone.send().await?).await?.kind, ProblemType::Unauthenticated);
    server.stop().await;
    Ok(())
}

/// Versions and networks are nothing that a device is known by.
#[tokio::test]
async fn r24_a_new_version_is_no_new_device() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let told = "SELECT COUNT(*) FROM mails WHERE reason = 'new-device'";
    let firefox =
        |version: u32| format!("Mozilla/5.0 (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0");
    let safari =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1".to_owned();
    let mut browser = Browser::of(&server);
    for (agent, keeps_its_mark, expected) in [
        (firefox(140), false, 0),
        (firefox(141), true, 0),
        (firefox(142), false, 0),
        (safari.clone(), false, 1),
        (safari, false, 1),
    ] {
        browser.agent = agent;
        if !keeps_its_mark {
            browser.cookies.clear();
        }
        browser.sign_in("ann@x.test").await?;
        assert_eq!(
            super::browser::number(&server, told).await?,
            expected,
            "{}",
            browser.agent
        );
        browser
            .send(Method::DELETE, "/api/v1/auth/sessions/current", None)
            .await?;
    }
    server.stop().await;
    Ok(())
}
