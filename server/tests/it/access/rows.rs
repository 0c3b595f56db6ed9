//! One row for each route: a body that fits it, and the answer for a stranger.

use reqwest::{Method, Response};
use sealdrop_api::{LinkAuth, OwnerToken, ProblemType, TOKEN_HEADER};
use serde_json::{Value, json};

use crate::{
    harness::{Result, Server},
    transfer::Sent,
};

/// What a stranger is answered: the same as for something that is not there.
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) stranger: Option<ProblemType>,
    pub(super) body: fn(&Sent, &LinkAuth) -> Value,
}

pub(super) fn rows() -> Vec<Row> {
    let upload = Some(ProblemType::UploadNotFound);
    let none: fn(&Sent, &LinkAuth) -> Value = |_, _| Value::Null;
    let row = |method, path, stranger, body| Row {
        method,
        path,
        stranger,
        body,
    };
    let mut rows = vec![
        row("GET", "/api/v1/limits", None, none),
        // Without a secret in the settings; mail_events.rs asks with one.
        row(
            "POST",
            "/api/v1/mail/brevo-events",
            Some(ProblemType::NotFound),
            |_, _| json!({"event": "hard_bounce", "email": "a@x.test"}),
        ),
        // The id is taken by another token: the answer says so, because ids are never used twice.
        row(
            "POST",
            "/api/v1/uploads",
            Some(ProblemType::ObjectExists),
            |sent, _| json!({"object_id": sent.object_id, "sealed_len": sent.object_len, "part_len": 10_485_760}),
        ),
        row("GET", "/api/v1/uploads/{object_id}", upload, none),
        row("DELETE", "/api/v1/uploads/{object_id}", upload, none),
        row("GET", "/api/v1/uploads/{object_id}/parts", upload, none),
        row(
            "POST",
            "/api/v1/uploads/{object_id}/urls",
            upload,
            |_, _| json!({"parts": [{"n": 1, "len": 10_485_760}]}),
        ),
        row(
            "POST",
            "/api/v1/uploads/{object_id}/complete",
            upload,
            |sent, _| json!({"sealed_len": sent.object_len, "parts": [{"n": 1, "etag": "\"x\""}]}),
        ),
        row(
            "POST",
            "/api/v1/links",
            Some(ProblemType::UploadsUnfinished),
            |sent, _| {
                json!({"link_seed": sent.link_seed, "verifier": sent.auth, "payload": "A".repeat(198), "manifest": null,
                   "expires_in": 3600, "max_downloads": 1})
            },
        ),
    ];
    rows.extend(link_rows());
    rows.extend(user_rows());
    rows.extend(billing_rows());
    rows
}

/// Rows of the routes below a link.
fn link_rows() -> [Row; 9] {
    let stranger = Some(ProblemType::LinkNotFound);
    let none: fn(&Sent, &LinkAuth) -> Value = |_, _| Value::Null;
    let row = |method, path, body| Row {
        method,
        path,
        stranger,
        body,
    };
    [
        row("GET", "/api/v1/links/{link_id}", none),
        row("GET", "/api/v1/links/{link_id}/events", none),
        row("PATCH", "/api/v1/links/{link_id}", |_, _| json!({"expires_in": 3600})),
        row("DELETE", "/api/v1/links/{link_id}", none),
        row("POST", "/api/v1/links/{link_id}/open", |_, auth| json!({"auth": auth})),
        row(
            "POST",
            "/api/v1/links/{link_id}/claims",
            |sent, auth| json!({"auth": auth, "claim_id": sent.object_id, "purpose": "download"}),
        ),
        row(
            "POST",
            "/api/v1/links/{link_id}/claims/{claim_id}/urls",
            |sent, auth| json!({"auth": auth, "objects": [sent.object_id]}),
        ),
        row(
            "POST",
            "/api/v1/links/{link_id}/claims/{claim_id}/commit",
            |_, auth| json!({"auth": auth}),
        ),
        row(
            "POST",
            "/api/v1/links/{link_id}/claims/{claim_id}/release",
            |_, auth| json!({"auth": auth, "reason": "failed"}),
        ),
    ]
}

/// Rows of signing in, and of what is for users: a stranger is somebody without a session.
fn user_rows() -> [Row; 15] {
    let nobody = Some(ProblemType::Unauthenticated);
    let none: fn(&Sent, &LinkAuth) -> Value = |_, _| Value::Null;
    let row = |method, path, stranger, body| Row {
        method,
        path,
        stranger,
        body,
    };
    let (codes, sessions, tokens) = ("/api/v1/auth/codes", "/api/v1/auth/sessions", "/api/v1/account/tokens");
    [
        row(
            "POST",
            codes,
            None,
            |_, _| json!({"purpose": "sign-in", "email": "a@x.test"}),
        ),
        row("GET", "/api/v1/auth/challenge", None, none),
        row(
            "POST",
            sessions,
            Some(ProblemType::CodeEnded),
            |_, auth| json!({"code": "12345678", "challenge": auth}),
        ),
        row("GET", sessions, nobody, none),
        row("DELETE", "/api/v1/auth/sessions/current", nobody, none),
        row("DELETE", "/api/v1/auth/sessions/{session_id}", nobody, none),
        row(
            "POST",
            "/api/v1/auth/step-up",
            nobody,
            |_, _| json!({"code": "12345678"}),
        ),
        row("GET", "/api/v1/account", nobody, none),
        row(
            "PATCH",
            "/api/v1/account",
            nobody,
            |_, _| json!({"notices": {"new_device": true}}),
        ),
        row("DELETE", "/api/v1/account", nobody, none),
        row("GET", "/api/v1/account/export", nobody, none),
        row("GET", "/api/v1/links", nobody, none),
        row("GET", tokens, nobody, none),
        row(
            "POST",
            tokens,
            nobody,
            |_, _| json!({"name": "a laptop", "scopes": ["read"]}),
        ),
        row("DELETE", "/api/v1/account/tokens/{token_id}", nobody, none),
    ]
}

/// Rows of what is sold, and of what users bought.
fn billing_rows() -> [Row; 8] {
    let row = |method, path, body| Row {
        method,
        path,
        stranger: Some(ProblemType::Unauthenticated),
        body,
    };
    let none: fn(&Sent, &LinkAuth) -> Value = |_, _| Value::Null;
    [
        Row {
            method: "GET",
            path: "/api/v1/plans",
            stranger: None,
            body: none,
        },
        row("GET", "/api/v1/orders", none),
        row("POST", "/api/v1/orders", |_, _| json!({"plan": "plus"})),
        row("GET", "/api/v1/orders/{order_id}", none),
        row("DELETE", "/api/v1/orders/{order_id}", none),
        row("GET", "/api/v1/invoices", none),
        row("GET", "/api/v1/invoices/{invoice_id}", none),
        row("DELETE", "/api/v1/account/plans/{plan}", none),
    ]
}

pub(super) struct Asking<'a> {
    pub(super) server: &'a Server,
    pub(super) row: &'a Row,
    pub(super) path: String,
    /// The cookies of who is signed in, as a page of this server sends them.
    pub(super) cookies: Option<String>,
}

impl Asking<'_> {
    pub(super) async fn ask(&self, token: Option<&OwnerToken>, body: Value) -> Result<Response> {
        let mut request = self
            .server
            .request(Method::from_bytes(self.row.method.as_bytes())?, &self.path);
        if let Some(token) = token {
            request = request.header(TOKEN_HEADER, token.expose());
        }
        if let Some(cookies) = &self.cookies {
            request = request.header("cookie", cookies).header("origin", &self.server.base);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        Ok(request.send().await?)
    }
}
