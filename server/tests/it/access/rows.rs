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
    rows
}

/// Rows of the routes below a link.
fn link_rows() -> [Row; 8] {
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

pub(super) struct Asking<'a> {
    pub(super) server: &'a Server,
    pub(super) row: &'a Row,
    pub(super) path: String,
}

impl Asking<'_> {
    pub(super) async fn ask(&self, token: Option<&OwnerToken>, body: Value) -> Result<Response> {
        let mut request = self
            .server
            .request(Method::from_bytes(self.row.method.as_bytes())?, &self.path);
        if let Some(token) = token {
            request = request.header(TOKEN_HEADER, token.expose());
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        Ok(request.send().await?)
    }
}
