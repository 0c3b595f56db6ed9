//! Who may do what: every route × every kind of caller. A route without a row fails.

mod rows;

use std::collections::BTreeSet;

use reqwest::Method;
use sealdrop_api::{LinkAuth, ObjectId, OwnerToken, ProblemType, TOKEN_HEADER};
use sealdrop_server::routes::{Caller, api_routes, form_paths, ops_paths, payment_paths};
use serde_json::{Value, json};

use rows::{Asking, Row, rows};

use crate::{
    auth::{Browser, SECRET},
    harness::{Result, Server, problem, refusal},
    transfer::{Sent, make_claim, make_token, send},
};

#[test]
fn s05_every_route_has_a_row() {
    let routes: BTreeSet<_> = api_routes()
        .iter()
        .map(|route| (route.method.as_str(), route.path))
        .collect();
    let rows: BTreeSet<_> = rows().iter().map(|row| (row.method, row.path)).collect();
    assert_eq!(routes, rows);
    // Routes outside of the API do not authenticate, so they must not reveal or change anything of a user.
    assert_eq!(
        ops_paths(),
        [
            "/healthz",
            "/readyz",
            "/_csp",
            "/_operator/mails",
            "/unsubscribe/{token}"
        ]
    );
    // What the payment provider asks is proved by its signature; payments.rs asks without.
    assert_eq!(payment_paths(), ["/webhooks/razorpay", "/payments/callback"]);
    // Forms do what routes of the API do, for who has the cookies of a browser; forms.rs asks each of them from elsewhere.
    let forms = [
        "/_ui/billing/order",
        "/_ui/billing/cancel-order",
        "/_ui/billing/cancel-plan",
        "/_ui/sign-in/code",
        "/_ui/sign-in/other",
        "/_ui/sign-in/session",
        "/_ui/sign-out",
    ];
    assert_eq!(form_paths(), forms);
}

/// Outside of the API, answers do not depend on the stored data, whatever the request is.
#[tokio::test]
async fn s05_what_is_outside_of_the_api_tells_nobodys_things() -> Result {
    let server = Server::start().await?;
    let before = text_of(&server, None).await?;
    let sent = send(&server, b"mine", b"{}", 2).await?;
    for token in [None, Some(&sent.token)] {
        assert_eq!(text_of(&server, token).await?, before);
    }
    server.stop().await;
    Ok(())
}

/// Status and body of every route outside of the API, by every method.
async fn text_of(server: &Server, token: Option<&OwnerToken>) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for path in ops_paths() {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let mut request = server.request(method.clone(), path);
            if let Some(token) = token {
                request = request.header(TOKEN_HEADER, token.expose());
            }
            let answer = request.send().await?;
            all.push(format!("{method} {path} {} {}", answer.status(), answer.text().await?));
        }
    }
    Ok(all)
}

/// A route with the ids of one transfer, and the callers that it must refuse.
struct Strangers<'a> {
    server: &'a Server,
    row: &'a Row,
    sent: &'a Sent,
    claim: String,
    neighbour: &'a Sent,
    other: &'a OwnerToken,
    /// An id that nothing has.
    unused: String,
}

impl<'a> Strangers<'a> {
    fn at(&self) -> String {
        format!("{} {}", self.row.method, self.row.path)
    }

    fn asking(&self, object: &str, link: &str, claim: &str) -> Asking<'a> {
        let path = self.row.path.replace("{object_id}", object);
        Asking {
            server: self.server,
            row: self.row,
            path: path
                .replace("{link_id}", link)
                .replace("{claim_id}", claim)
                .replace("{session_id}", claim)
                .replace("{token_id}", claim)
                .replace("{order_id}", claim)
                .replace("{invoice_id}", claim)
                .replace("{plan}", "plus"),
            cookies: None,
        }
    }

    fn existing(&self) -> Asking<'a> {
        let (object, link) = (self.sent.object_id.to_string(), self.sent.link_id.to_string());
        self.asking(&object, &link, &self.claim)
    }

    fn unknown(&self) -> Asking<'a> {
        self.asking(&self.unused, &self.unused, &self.unused)
    }

    fn malformed(&self) -> Asking<'a> {
        self.asking("no-id", "no-id", &self.claim)
    }

    /// Without a token, with another one, with the token of another transfer, and with what opens the link.
    async fn do_not_own(&self, expected: ProblemType, nothing: ProblemType) -> Result {
        let (at, existing, other) = (self.at(), self.existing(), Some(self.other));
        let body = (self.row.body)(self.sent, &self.sent.auth);
        let without = problem(existing.ask(None, body.clone()).await?).await?;
        assert_eq!(without.kind, nothing, "{at} without a token");
        let with_other = refusal(existing.ask(other, body.clone()).await?).await?;
        assert_eq!(with_other.problem.kind, expected, "{at} with another token");
        let neighbour = Some(&self.neighbour.token);
        let crossed = refusal(existing.ask(neighbour, body.clone()).await?).await?;
        if body.get("link_seed").is_some() {
            // What is said is about the asker's own uploads and link, whether or not the id is another's.
            let mut free = body.clone();
            free["link_seed"] = self.unused.clone().into();
            let other_free = refusal(existing.ask(other, free.clone()).await?).await?;
            assert_eq!(
                with_other, other_free,
                "{at}: an id that is used looks like one that is free"
            );
            let crossed_free = refusal(existing.ask(neighbour, free).await?).await?;
            assert_eq!(crossed, crossed_free, "{at}: also to who owns another link");
        } else {
            assert_eq!(with_other, crossed, "{at}: who owns another transfer is a stranger");
        }
        let bearer = OwnerToken::new(*self.sent.auth.as_bytes());
        let bearer = refusal(existing.ask(Some(&bearer), body.clone()).await?).await?;
        assert_eq!(with_other, bearer, "{at}: what opens the link does not own it");
        if self.row.path.contains('{') {
            let absent = refusal(self.unknown().ask(other, body.clone()).await?).await?;
            assert_eq!(with_other, absent, "{at}: what is another's looks like what is not");
            let no_id = refusal(self.malformed().ask(other, body).await?).await?;
            assert_eq!(with_other, no_id, "{at}: and so does what is no id");
        }
        Ok(())
    }

    /// Without anything, with a session or an access token that is nobody's, and with what owns or opens a transfer.
    async fn are_not_signed_in(&self, expected: ProblemType) -> Result {
        let (at, mut existing) = (self.at(), self.existing());
        let body = (self.row.body)(self.sent, &self.sent.auth);
        let nobody = refusal(existing.ask(None, body.clone()).await?).await?;
        assert_eq!(nobody.problem.kind, expected, "{at} without anything");
        let owner = refusal(existing.ask(Some(&self.sent.token), body.clone()).await?).await?;
        assert_eq!(nobody, owner, "{at}: who owns a transfer is no user");
        existing.cookies = Some(format!("session={}", self.sent.token.expose()));
        let cookie = refusal(existing.ask(None, body.clone()).await?).await?;
        assert_eq!(nobody, cookie, "{at} with a session that is nobody's");
        existing.cookies = None;
        let method = Method::from_bytes(self.row.method.as_bytes())?;
        let bearer = format!("sd_{}", self.sent.token.expose());
        let request = self.server.request(method, &existing.path).bearer_auth(bearer);
        let request = if body.is_null() { request } else { request.json(&body) };
        let bearer = refusal(request.send().await?).await?;
        assert_eq!(nobody, bearer, "{at} with an access token that is nobody's");
        Ok(())
    }

    /// With a wrong bearer, with that of another link, and with the owner's token.
    async fn do_not_open(&self, expected: ProblemType) -> Result {
        let (at, existing) = (self.at(), self.existing());
        let wrong = (self.row.body)(self.sent, &LinkAuth::new([7; 32]));
        let refused = refusal(existing.ask(None, wrong.clone()).await?).await?;
        assert_eq!(refused.problem.kind, expected, "{at} with a wrong bearer");
        let right = (self.row.body)(self.sent, &self.sent.auth);
        let absent = refusal(self.unknown().ask(None, right).await?).await?;
        assert_eq!(refused, absent, "{at}: a wrong bearer hears what an unknown link hears");
        let no_id = refusal(self.malformed().ask(None, wrong.clone()).await?).await?;
        assert_eq!(refused, no_id, "{at}: and what is no id");
        let owner = refusal(existing.ask(Some(&self.sent.token), wrong.clone()).await?).await?;
        assert_eq!(refused, owner, "{at}: the owner's token is no bearer");
        let crossed = (self.row.body)(self.sent, &self.neighbour.auth);
        let crossed = refusal(existing.ask(None, crossed).await?).await?;
        assert_eq!(refused, crossed, "{at}: nor is what opens another link");
        if self.row.path.contains("{claim_id}") {
            // Whether the link is there does not show in what is said about a claim that cannot be.
            let object = self.sent.object_id.to_string();
            let no_claim = |link: &str| self.asking(&object, link, "no-id");
            let here = no_claim(&self.sent.link_id.to_string());
            let here = refusal(here.ask(None, wrong.clone()).await?).await?;
            let nowhere = refusal(no_claim(&self.unused).ask(None, wrong).await?).await?;
            assert_eq!(here, nowhere, "{at}: with a claim that is no id");
        }
        Ok(())
    }
}

#[tokio::test]
async fn s05_s01_strangers_hear_the_same_as_about_nothing() -> Result {
    let server = Server::start().await?;
    let sent = send(&server, b"mine", b"{}", 2).await?;
    let (claim_id, _) = sent.claim(&server).await?;
    let neighbour = send(&server, b"the neighbour's", b"{}", 2).await?;
    let (other, unused) = (make_token()?, make_claim()?.to_string());
    for row in rows() {
        let route = api_routes()
            .into_iter()
            .find(|route| (route.method.as_str(), route.path) == (row.method, row.path));
        let strangers = Strangers {
            server: &server,
            row: &row,
            sent: &sent,
            claim: claim_id.to_string(),
            neighbour: &neighbour,
            other: &other,
            unused: unused.clone(),
        };
        match (route.map(|route| route.caller), row.stranger) {
            (Some(Caller::Anyone), None) => {
                let body = (row.body)(&sent, &sent.auth);
                let answer = strangers.existing().ask(None, body).await?;
                assert!(answer.status().is_success(), "{}", strangers.at());
            }
            (Some(Caller::Anyone | Caller::Webhook), Some(expected)) => {
                let body = (row.body)(&sent, &sent.auth);
                let answer = strangers.existing().ask(None, body).await?;
                assert_eq!(problem(answer).await?.kind, expected, "{}", strangers.at());
            }
            (Some(Caller::User | Caller::UserSteppedUp), Some(expected)) => {
                strangers.are_not_signed_in(expected).await?
            }
            (Some(Caller::Owner), Some(expected)) => strangers.do_not_own(expected, ProblemType::TokenMissing).await?,
            (Some(Caller::OwnerOrUser), Some(expected)) => {
                strangers.do_not_own(expected, ProblemType::Unauthenticated).await?
            }
            (Some(Caller::Bearer), Some(expected)) => strangers.do_not_open(expected).await?,
            (caller, stranger) => panic!("{}: {caller:?} and {stranger:?} do not fit", strangers.at()),
        }
    }
    // None of it did anything.
    let status = server
        .ask(
            &sealdrop_api::links::GetLink { link_id: sent.link_id },
            Some(&sent.token),
        )
        .await?;
    assert_eq!(
        (status.state, status.active, status.used),
        (sealdrop_api::links::LinkState::Active, 1, 0)
    );
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn s05_a_claim_belongs_to_its_link() -> Result {
    let server = Server::start().await?;
    let (one, two) = (
        send(&server, b"one", b"{}", 2).await?,
        send(&server, b"two", b"{}", 2).await?,
    );
    let (claim_of_two, _) = two.claim(&server).await?;
    let path = format!("/api/v1/links/{}/claims/{claim_of_two}/urls", one.link_id);
    let body = json!({"auth": one.auth, "objects": [one.object_id]});
    let refused = problem(server.request(Method::POST, &path).json(&body).send().await?).await?;
    assert_eq!(refused.kind, ProblemType::ClaimNotFound);
    // And a claim signs only what its link holds.
    let path = format!("/api/v1/links/{}/claims/{claim_of_two}/urls", two.link_id);
    for foreign in [one.object_id, ObjectId([9; 16])] {
        let body = json!({"auth": two.auth, "objects": [foreign]});
        let response = server.request(Method::POST, &path).json(&body).send().await?;
        assert!(response.status().is_client_error(), "{}", response.status());
    }
    server.stop().await;
    Ok(())
}

/// The bucket shares the origin: nothing of it answers to who comes without a signature, with that of another request, or
/// with a part of one.
#[tokio::test]
async fn s05_the_bucket_answers_to_signatures_alone() -> Result {
    let server = Server::start().await?;
    let sent = send(&server, b"mine", b"{}", 2).await?;
    let (_, signed) = sent.claim(&server).await?;
    let (path, query) = signed.url.split_once('?').ok_or("a query")?;
    let folder = path.rsplit_once('/').ok_or("a key")?.0;
    let altered = signed.url.replace("X-Amz-Expires=300", "X-Amz-Expires=301");
    let unsigned: String = query
        .split('&')
        .filter(|pair| !pair.starts_with("X-Amz-Signature"))
        .collect::<Vec<_>>()
        .join("&");
    let targets = [
        "/blobs".to_owned(),
        "/blobs/".to_owned(),
        "/blobs/?list-type=2".to_owned(),
        "/blobs/?uploads".to_owned(),
        "/blobs/?delete".to_owned(),
        format!("{folder}/"),
        path.to_owned(),
        format!("{path}?uploads"),
        format!("{path}?uploadId=x&partNumber=1"),
        format!("{path}?{unsigned}"),
        format!("{path}x?{query}"),
        format!("{}&response-content-type=text/html", signed.url),
        altered,
    ];
    let mut tried = 0;
    for target in &targets {
        for method in ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"] {
            let request = server.request(Method::from_bytes(method.as_bytes())?, target);
            let answer = request.body(if method == "PUT" { "x" } else { "" }).send().await?;
            assert!(
                answer.status().is_client_error() || answer.status().as_u16() == 501,
                "{method} {target} answered {}",
                answer.status()
            );
            tried += 1;
        }
    }
    // What reads does not write or delete.
    for method in [Method::PUT, Method::POST, Method::DELETE] {
        let answer = server.request(method.clone(), &signed.url).body("x").send().await?;
        assert!(
            answer.status().is_client_error(),
            "{method} answered {}",
            answer.status()
        );
    }
    assert!(tried > 80);
    assert_eq!(server.request(Method::GET, &signed.url).send().await?.status(), 200);
    server.stop().await;
    Ok(())
}

/// Names of fields that no body has, or not where they are tried.
const FOREIGN_FIELDS: [&str; 20] = [
    "x",
    "used",
    "active",
    "failed",
    "opened",
    "state",
    "owner",
    "owner_id",
    "token_hash",
    "link_id",
    "link_seed",
    "object_id",
    "claim_id",
    "verifier",
    "counted",
    "ended_reason",
    "created_at",
    "sealed_bytes",
    "__proto__",
    "",
];

/// Every object of a body that fits, each time with one field more: refused on every route, by its name or not, and nothing
/// comes of it.
#[tokio::test]
async fn s07_fields_that_no_form_has_are_refused() -> Result {
    let server = Server::start_with(&[("SEALDROP_RATE_LIMITS", "off"), ("SEALDROP_AUTH_SECRET", SECRET)]).await?;
    let mut browser = Browser::of(&server);
    browser.sign_in("ann@x.test").await?;
    let for_users: Vec<_> = api_routes()
        .into_iter()
        .filter(|route| matches!(route.caller, Caller::User | Caller::UserSteppedUp))
        .map(|route| (route.method.as_str(), route.path))
        .collect();
    let sent = send(&server, b"mine", b"{}", 2).await?;
    let (claim_id, _) = sent.claim(&server).await?;
    let before = server
        .ask(
            &sealdrop_api::links::GetLink { link_id: sent.link_id },
            Some(&sent.token),
        )
        .await?;
    let mut tried = 0;
    for row in rows() {
        let body = (row.body)(&sent, &sent.auth);
        let route = api_routes()
            .into_iter()
            .find(|route| (route.method.as_str(), route.path) == (row.method, row.path));
        // What a provider sends has fields that it chooses.
        if route.as_ref().is_some_and(|route| route.caller == Caller::Webhook) {
            continue;
        }
        let takes_body = route.is_some_and(|route| route.body.is_some());
        assert_eq!(
            !body.is_null(),
            takes_body,
            "{} {} has a body to try",
            row.method,
            row.path
        );
        let path = row
            .path
            .replace("{object_id}", &sent.object_id.to_string())
            .replace("{link_id}", &sent.link_id.to_string())
            .replace("{claim_id}", &claim_id.to_string());
        let asking = Asking {
            server: &server,
            row: &row,
            path,
            cookies: for_users
                .contains(&(row.method, row.path))
                .then(|| browser.cookie_line()),
        };
        for place in objects_of(&body) {
            for name in FOREIGN_FIELDS {
                let mut more = body.clone();
                let fields = more
                    .pointer_mut(&place)
                    .and_then(Value::as_object_mut)
                    .ok_or("an object")?;
                if fields.contains_key(name) || (row.method == "PATCH" && name == "verifier") {
                    continue;
                }
                fields.insert(name.to_owned(), json!(1));
                let refused = problem(asking.ask(Some(&sent.token), more).await?).await?;
                assert_eq!(
                    refused.kind,
                    ProblemType::InvalidRequest,
                    "{} {} with {name:?} at {place:?}",
                    row.method,
                    row.path
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "only {tried}");
    let after = server
        .ask(
            &sealdrop_api::links::GetLink { link_id: sent.link_id },
            Some(&sent.token),
        )
        .await?;
    assert_eq!(before, after);
    server.stop().await;
    Ok(())
}

/// Pointers to every object in a value.
fn objects_of(value: &Value) -> Vec<String> {
    let inner = |name: String, value: &Value| objects_of(value).into_iter().map(move |rest| format!("/{name}{rest}"));
    match value {
        Value::Object(fields) => {
            let below = fields.iter().flat_map(|(name, value)| inner(name.clone(), value));
            std::iter::once(String::new()).chain(below).collect()
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .flat_map(|(n, value)| inner(n.to_string(), value))
            .collect(),
        _ => Vec::new(),
    }
}
