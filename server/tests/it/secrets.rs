//! Nothing secret is logged, however much is logged: a whole transfer at the level `trace`, then every line is searched.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde_json::json;

use crate::{
    auth::{code_of, mails_are_sent_from},
    harness::{Result, client, files},
    life::Process,
    transfer::{make_claim, make_token},
};

/// All there is, and libraries by names that are more exact than what a list of libraries could hold.
pub(crate) const EVERYTHING: &str = "trace,aws_runtime::auth=trace,aws_sdk_s3::operation=trace,aws_sigv4::http_request=trace,\
    aws_smithy_http_client::client=trace,aws_smithy_runtime::client=trace,h2::codec=trace,hyper::proto=trace,\
    hyper_util::client=trace,s3s::ops=trace,s3s::service=trace,sea_orm::driver=trace,sqlx::query=trace";

#[tokio::test]
async fn s03_x11_o12_n16_logs_hold_no_secret() -> Result {
    let folder = tempfile::tempdir()?;
    let settings = [
        ("SEALDROP_LOG", EVERYTHING),
        ("SEALDROP_LOG_FORMAT", "json"),
        ("SEALDROP_RATE_LIMITS", "off"),
    ];
    let process = Process::start(&folder.path().join("data"), &settings)?;
    let client = client()?;
    let url = |path: &str| format!("{}{path}", process.base);

    let token = make_token()?.expose();
    let (object, auth) = (make_claim()?.to_string(), make_token()?.expose());
    let post = |path: String, body: serde_json::Value| {
        client
            .post(url(&path))
            .header("sealdrop-token", &token)
            .json(&body)
            .send()
    };
    let reserved = post(
        "/api/v1/uploads".into(),
        json!({"object_id": object, "sealed_len": 262_144, "part_len": 10_485_760}),
    )
    .await?;
    assert_eq!(reserved.status(), 201);
    let signed = post(
        format!("/api/v1/uploads/{object}/urls"),
        json!({"parts": [{"n": 1, "len": 262_144}]}),
    )
    .await?;
    let signed: serde_json::Value = signed.json().await?;
    let put = signed["urls"][0]["url"].as_str().ok_or("a URL")?.to_owned();
    let signature = put
        .split("X-Amz-Signature=")
        .nth(1)
        .and_then(|rest| rest.get(..64))
        .ok_or("a signature")?
        .to_owned();
    let stored = client
        .put(url(&put))
        .body(b"canary-in-a-body".repeat(16_384))
        .send()
        .await?;
    assert_eq!(stored.status(), 200);
    // Refused ones are as silent: a wrong length, a broken signature, a foreign bearer, a malformed body, a strange path.
    client.put(url(&put)).body("canary-in-a-body").send().await?;
    client
        .put(url(&put.replace(&signature, &"0".repeat(64))))
        .body("canary-in-a-body")
        .send()
        .await?;
    post(format!("/api/v1/links/{object}/open"), json!({"auth": auth})).await?;
    post("/api/v1/links".into(), json!({"canary-in-a-body": 1})).await?;
    send_canaries(&client, &process.base).await?;
    let of_user = sign_in(&client, &process.base, &folder.path().join("data")).await?;

    let credentials = std::fs::read_to_string(folder.path().join("data/bucket-credentials"))?;
    let bucket_secret = credentials
        .lines()
        .find_map(|line| line.strip_prefix("secret_key="))
        .ok_or("a key")?
        .to_owned();
    let mut secrets = vec![token.as_str(), &auth, &signature, &bucket_secret, "X-Amz-", "canary"];
    secrets.extend(of_user.iter().map(String::as_str));
    logs_hold_none(process, &secrets)?;
    // Of what makes a request a user's, nothing lies in a file either; the secret of codes has a file of its own.
    for path in files(&folder.path().join("data"))? {
        let bytes = std::fs::read(&path)?;
        let is_own = path.file_name().is_some_and(|name| name == "auth-secret");
        for secret in of_user.iter().filter(|secret| !is_own && secret.as_str() != ADDRESS) {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret in {}", path.display());
        }
    }
    Ok(())
}

/// Whose mail may name it, and the rows of users, and nothing else.
const ADDRESS: &str = "canary-of-an-address@x.test";

/// Signs in as a browser and as a terminal, and answers every secret of that: challenges, codes, cookies, the access token.
async fn sign_in(client: &Client, base: &str, data: &std::path::Path) -> Result<Vec<String>> {
    let secret = std::fs::read_to_string(data.join("auth-secret"))?;
    let post = |path: &str, body: serde_json::Value| client.post(format!("{base}/api/v1/auth/{path}")).json(&body);
    let wish = json!({"purpose": "sign-in", "email": ADDRESS});
    let mut secrets = vec![ADDRESS.to_owned(), secret.clone()];
    let asked: serde_json::Value = post("codes", wish.clone()).send().await?.json().await?;
    let challenge = asked["challenge"].as_str().ok_or("a challenge")?.to_owned();
    let code = mailed_code(&challenge, &secret, data).await?;
    let body = json!({"code": code, "challenge": challenge, "as": "token", "name": "a laptop", "scopes": ["read"]});
    let made: serde_json::Value = post("sessions", body).send().await?.json().await?;
    let token = made["token"]["token"].as_str().ok_or("a token")?.to_owned();
    let account = client
        .get(format!("{base}/api/v1/account"))
        .bearer_auth(&token)
        .send()
        .await?;
    assert_eq!(account.status(), 200);
    secrets.extend([challenge, code, token.trim_start_matches("sd_").to_owned()]);
    let asked = post("codes", wish).header("origin", base).send().await?;
    let challenge = cookies_of(&asked)?.remove("challenge").ok_or("a challenge")?;
    let code = mailed_code(&challenge, &secret, data).await?;
    let line = format!("challenge={challenge}");
    let made = post("sessions", json!({"code": code}))
        .header("origin", base)
        .header("cookie", line)
        .send()
        .await?;
    assert_eq!(made.status(), 201);
    let cookies = cookies_of(&made)?;
    let line = format!("session={}", cookies["session"]);
    let account = client
        .get(format!("{base}/api/v1/account"))
        .header("cookie", line)
        .send()
        .await?;
    assert_eq!(account.status(), 200);
    secrets.extend([challenge, code, cookies["session"].clone(), cookies["device"].clone()]);
    Ok(secrets)
}

fn cookies_of(answer: &reqwest::Response) -> Result<BTreeMap<String, String>> {
    let mut cookies = BTreeMap::new();
    for line in answer.headers().get_all("set-cookie") {
        let pair = line.to_str()?.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').ok_or("a cookie")?;
        cookies.insert(name.to_owned(), value.to_owned());
    }
    Ok(cookies)
}

async fn mailed_code(challenge: &str, secret: &str, data: &std::path::Path) -> Result<String> {
    mails_are_sent_from(data).await?;
    code_of(challenge, "sign-in", secret)
}

/// Requests without a token whose path, query, header or body holds a canary.
async fn send_canaries(client: &Client, base: &str) -> Result {
    let url = |path: &str| format!("{base}{path}");
    client
        .get(url("/canary-in-a-path?canary-in-a-query"))
        .header("cookie", "canary-in-a-header")
        .send()
        .await?;
    // What a mail program makes of a link: its key comes here in the path, or behind a tracking parameter.
    for link in [
        "/d/AAAAAAAAAAAAAAAAAAAAAA%23canary-of-a-key",
        "/d/AAAAAAAAAAAAAAAAAAAAAA/%23canary-of-a-key/",
        "/d/AAAAAAAAAAAAAAAAAAAAAA?fbclid=x%23canary-of-a-key",
        "/api/v1/links/AAAAAAAAAAAAAAAAAAAAAA%23canary-of-a-key",
    ] {
        client.get(url(link)).send().await?;
        client.head(url(link)).send().await?;
        client.post(url(link)).send().await?;
    }
    client
        .request(Method::GET, url("/api/v1/canary-in-a-path"))
        .send()
        .await?;
    client
        .post(url("/_csp"))
        .body(r#"{"csp-report":{"effective-directive":"img-src","document-uri":"canary-in-a-report"}}"#)
        .send()
        .await?;
    Ok(())
}

/// Ends the server and looks for secrets in all that it said.
fn logs_hold_none(process: Process, secrets: &[&str]) -> Result {
    let (status, said, logged) = process.end()?;
    assert!(status.success());
    assert!(
        logged.lines().filter(|line| line.contains("\"answered\"")).count() >= 8,
        "requests are logged: {logged}"
    );
    assert!(logged.lines().all(|line| line.starts_with('{')), "every line is JSON");
    assert!(logged.contains("/api/v1/uploads/{object_id}/urls"), "by their route");
    for secret in secrets {
        for (place, text) in [("log", &logged), ("stdout", &said)] {
            let line = text.lines().find(|line| line.contains(*secret));
            assert_eq!(line, None, "a secret in the {place}");
        }
    }
    Ok(())
}
