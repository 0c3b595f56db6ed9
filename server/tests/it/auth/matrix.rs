//! Every route that is for users × every kind of caller. A route without a line fails, and so does one without a cell.

use std::collections::BTreeSet;

use reqwest::{Method, Response};
use sealdrop_server::routes::{Caller, api_routes};
use serde_json::{Value, json};

use super::browser::{Browser, SECRET, change};
use crate::harness::{Result, Server};

/// What each caller is answered: nobody, a session, one that was made a while ago, access tokens to send, to read, to manage.
type Cells = [u16; 6];

const UNKNOWN: &str = "AAAAAAAAAAAAAAAAAAAAAA";

fn table() -> Vec<(&'static str, &'static str, Cells, Value)> {
    let code = json!({"code": "12345678"});
    let token = json!({"name": "a laptop", "scopes": ["read"]});
    let notices = json!({"notices": {"new_device": true}});
    let mut rows = vec![
        ("GET", "/api/v1/account", [401, 200, 200, 403, 200, 403], Value::Null),
        (
            "GET",
            "/api/v1/account/export",
            [401, 200, 403, 403, 403, 403],
            Value::Null,
        ),
        ("PATCH", "/api/v1/account", [401, 200, 200, 403, 403, 200], notices),
        (
            "GET",
            "/api/v1/auth/sessions",
            [401, 200, 200, 403, 200, 403],
            Value::Null,
        ),
        (
            "DELETE",
            "/api/v1/auth/sessions/{session_id}",
            [401, 404, 404, 403, 403, 404],
            Value::Null,
        ),
        ("POST", "/api/v1/auth/step-up", [401, 410, 410, 403, 403, 403], code),
        (
            "GET",
            "/api/v1/account/tokens",
            [401, 200, 200, 403, 200, 403],
            Value::Null,
        ),
        ("POST", "/api/v1/account/tokens", [401, 201, 403, 403, 403, 403], token),
        (
            "DELETE",
            "/api/v1/account/tokens/{token_id}",
            [401, 404, 404, 403, 403, 404],
            Value::Null,
        ),
        ("GET", "/api/v1/links", [401, 200, 200, 403, 200, 403], Value::Null),
        (
            "GET",
            "/api/v1/links/{link_id}",
            [401, 404, 404, 403, 404, 403],
            Value::Null,
        ),
        (
            "GET",
            "/api/v1/links/{link_id}/events",
            [401, 404, 404, 403, 404, 403],
            Value::Null,
        ),
        (
            "PATCH",
            "/api/v1/links/{link_id}",
            [401, 404, 404, 403, 403, 404],
            json!({"paused": true}),
        ),
        (
            "DELETE",
            "/api/v1/links/{link_id}",
            [401, 404, 404, 403, 403, 404],
            Value::Null,
        ),
    ];
    rows.extend(billing());
    // The last two: whoever asks is signed out.
    rows.push(CLOSING);
    rows.push((
        "DELETE",
        "/api/v1/auth/sessions/current",
        [401, 204, 204, 204, 204, 204],
        Value::Null,
    ));
    rows
}

/// Of what users buy, at a server that sells nothing.
fn billing() -> [(&'static str, &'static str, Cells, Value); 7] {
    const READS: Cells = [401, 200, 200, 403, 200, 403];
    const READS_NONE: Cells = [401, 404, 404, 403, 404, 403];
    const CHANGES_NONE: Cells = [401, 404, 404, 403, 403, 404];
    [
        ("GET", "/api/v1/orders", READS, Value::Null),
        ("POST", "/api/v1/orders", CHANGES_NONE, json!({"plan": "plus"})),
        ("GET", "/api/v1/orders/{order_id}", READS_NONE, Value::Null),
        ("DELETE", "/api/v1/orders/{order_id}", CHANGES_NONE, Value::Null),
        ("GET", "/api/v1/invoices", READS, Value::Null),
        ("GET", "/api/v1/invoices/{invoice_id}", READS_NONE, Value::Null),
        ("DELETE", "/api/v1/account/plans/{plan}", CHANGES_NONE, Value::Null),
    ]
}

/// Of another user, and from the last caller to the first: a session that stepped up closes the account of all of them.
const CLOSING: (&str, &str, Cells, Value) = ("DELETE", "/api/v1/account", [401, 204, 403, 403, 403, 403], Value::Null);

/// One kind of caller.
enum Who {
    Nobody,
    Session(String),
    Token(String),
}

async fn ask(server: &Server, who: &Who, method: &str, path: &str, body: &Value) -> Result<Response> {
    let ids = ["{session_id}", "{token_id}", "{link_id}", "{order_id}", "{invoice_id}"];
    let path = ids.iter().fold(path.to_owned(), |path, id| path.replace(id, UNKNOWN));
    let path = path.replace("{plan}", "plus");
    let request = server.request(Method::from_bytes(method.as_bytes())?, &path);
    let request = match who {
        Who::Nobody => request.header("origin", &server.base),
        Who::Session(cookies) => request.header("origin", &server.base).header("cookie", cookies),
        Who::Token(token) => request.bearer_auth(token),
    };
    // What is no browser shows its challenge in the body.
    let mut body = body.clone();
    if matches!(who, Who::Token(_)) && body.get("code").is_some() {
        body["challenge"] = "A".repeat(43).into();
    }
    let request = if body.is_null() { request } else { request.json(&body) };
    Ok(request.send().await?)
}

/// One of each kind, all of one user.
async fn callers(server: &Server, email: &str) -> Result<Vec<Who>> {
    let (mut fresh, mut stale) = (Browser::of(server), Browser::of(server));
    stale.sign_in(email).await?;
    let stale_now = format!(
        "UPDATE sessions SET stepped_up_at = 1 WHERE user_id IN (SELECT id FROM users WHERE canonical = '{email}')"
    );
    change(server, &stale_now).await?;
    fresh.sign_in(email).await?;
    let mut callers = vec![
        Who::Nobody,
        Who::Session(fresh.cookie_line()),
        Who::Session(stale.cookie_line()),
    ];
    for scope in ["send", "read", "manage"] {
        callers.push(Who::Token(fresh.make_token(&[scope]).await?));
    }
    Ok(callers)
}

#[tokio::test]
async fn s05_a09_a10_every_route_of_users_and_every_caller() -> Result {
    let for_users: BTreeSet<_> = api_routes()
        .iter()
        .filter(|route| matches!(route.caller, Caller::User | Caller::UserSteppedUp | Caller::OwnerOrUser))
        .map(|route| (route.method.as_str(), route.path))
        .collect();
    assert_eq!(
        for_users,
        table().iter().map(|(method, path, ..)| (*method, *path)).collect()
    );

    let server = Server::start_with(&[("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_RATE_LIMITS", "off")]).await?;
    let others = callers(&server, "ben@x.test").await?;
    let callers = callers(&server, "ann@x.test").await?;
    let mut wrong = Vec::new();
    for (method, path, cells, body) in table() {
        let is_closing = (method, path) == (CLOSING.0, CLOSING.1);
        let callers = if is_closing { &others } else { &callers };
        for (n, (who, expected)) in callers.iter().zip(cells).enumerate().rev() {
            let answer = ask(&server, who, method, path, &body).await?;
            if answer.status() != expected {
                wrong.push(format!(
                    "{method} {path}, caller {n}: {} and not {expected}",
                    answer.status()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    server.stop().await;
    Ok(())
}

/// Who is signed in owns no transfer and opens no link by that.
#[tokio::test]
async fn s05_being_a_user_is_no_other_proof() -> Result {
    let server = Server::start_with(&[("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_RATE_LIMITS", "off")]).await?;
    let mut browser = Browser::of(&server);
    browser.sign_in("ann@x.test").await?;
    let token = Who::Token(browser.make_token(&["send", "read", "manage"]).await?);
    let session = Who::Session(browser.cookie_line());
    let mut asked = 0;
    for route in api_routes().iter().filter(|route| route.caller == Caller::Owner) {
        let path = ["{object_id}", "{link_id}"]
            .iter()
            .fold(route.path.to_owned(), |path, id| path.replace(id, UNKNOWN));
        for who in [&session, &token] {
            let answer = ask(&server, who, route.method.as_str(), &path, &Value::Null).await?;
            assert_eq!(answer.status(), 401, "{} {path}", route.method.as_str());
            asked += 1;
        }
    }
    assert!(asked > 10);
    server.stop().await;
    Ok(())
}
