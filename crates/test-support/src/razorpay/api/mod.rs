//! The endpoints below `/v1`.

mod check;
mod links;
mod orders;
mod payments;
mod reply;

use base64ct::{Base64, Encoding as _};
use serde_json::Value;

use super::{account::Account, faults::Broken};
use reply::{Query, error};

/// A request as it came.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    /// Without `/v1/`.
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) authorization: Option<&'a str>,
    /// `X-Refund-Idempotency`
    pub(super) idempotency: Option<&'a str>,
    pub(super) body: &'a [u8],
}

/// What it gets.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) retry_after: Option<u64>,
    pub(super) broken: Option<Broken>,
}

/// The name of an endpoint, as faults name it.
fn endpoint(method: &str, parts: &[&str]) -> Option<String> {
    let path = match (method, parts) {
        ("POST" | "GET", [list @ ("orders" | "payment_links")]) => format!("/{list}"),
        ("GET", [list @ ("payments" | "refunds" | "disputes")]) => format!("/{list}"),
        (
            "GET",
            [
                list @ ("orders" | "payment_links" | "payments" | "refunds" | "disputes"),
                _,
            ],
        ) => format!("/{list}/:id"),
        ("GET", ["orders", _, "payments"]) => "/orders/:id/payments".to_owned(),
        ("POST", ["payment_links", _, "cancel"]) => "/payment_links/:id/cancel".to_owned(),
        ("POST", ["payments", _, what @ ("capture" | "refund")]) => format!("/payments/:id/{what}"),
        ("GET", ["payments", _, "refunds"]) => "/payments/:id/refunds".to_owned(),
        ("GET", ["payments", _, "refunds", _]) => "/payments/:id/refunds/:id".to_owned(),
        _ => return None,
    };
    Some(format!("{method} {path}"))
}

pub(super) fn answer(account: &mut Account, request: &Request<'_>) -> Answer {
    account.expire_links();
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let Some(name) = endpoint(request.method, &parts) else {
        let (status, body) = error(
            &account.settings,
            404,
            "BAD_REQUEST_ERROR",
            "The requested URL was not found on the server.",
            None,
        );
        return plain(status, body);
    };
    *account.calls.entry(name.clone()).or_default() += 1;
    let fault = account.faults.take(&name);
    let made = fault
        .as_ref()
        .is_none_or(|fault| fault.made)
        .then(|| handle(account, request, &parts));
    match (fault, made) {
        (None, Some((status, body))) => plain(status, body),
        (Some(fault), made) => {
            let status = fault.status.unwrap_or(200);
            let (code, said) = match status {
                429 => ("BAD_REQUEST_ERROR", "Too many requests"),
                500.. => (
                    "SERVER_ERROR",
                    "We are facing some trouble completing your request at the moment.",
                ),
                _ => ("BAD_REQUEST_ERROR", "The double was told to refuse this."),
            };
            let body = match made {
                Some((_, body)) if fault.status.is_none() => body,
                _ => error(&account.settings, status, code, said, None).1,
            };
            Answer {
                status,
                body,
                retry_after: fault.retry_after,
                broken: fault.broken,
            }
        }
        (None, None) => plain(500, Value::Null),
    }
}

fn plain(status: u16, body: Value) -> Answer {
    Answer {
        status,
        body,
        retry_after: None,
        broken: None,
    }
}

fn handle(account: &mut Account, request: &Request<'_>, parts: &[&str]) -> reply::Reply {
    let Some(mode) = mode(account, request.authorization) else {
        return error(
            &account.settings,
            401,
            "BAD_REQUEST_ERROR",
            "Authentication failed",
            None,
        );
    };
    let body = match request.body {
        [] => Value::Null,
        bytes => match serde_json::from_slice(bytes) {
            Ok(body) => body,
            Err(_) => {
                return error(
                    &account.settings,
                    400,
                    "BAD_REQUEST_ERROR",
                    "The request body is not JSON.",
                    None,
                );
            }
        },
    };
    let query = Query(request.query);
    let answer = match (request.method, parts) {
        ("POST", ["orders"]) => orders::create(account, mode, &body),
        ("GET", ["orders", id]) => orders::get(account, mode, id),
        ("GET", ["orders", id, "payments"]) => payments::of_order(account, mode, id),
        ("POST", ["payment_links"]) => links::create(account, mode, &body),
        ("GET", ["payment_links"]) => links::list(account, mode, &query),
        ("GET", ["payment_links", id]) => links::get(account, mode, id),
        ("POST", ["payment_links", id, "cancel"]) => links::cancel(account, mode, id),
        ("GET", ["payments"]) => payments::list(account, mode, &query),
        ("GET", ["payments", id]) => payments::get(account, mode, id),
        ("POST", ["payments", id, "capture"]) => payments::capture(account, mode, id, &body),
        ("POST", ["payments", id, "refund"]) => payments::refund(account, mode, id, &body, request.idempotency),
        ("GET", ["payments", id, "refunds"]) => payments::refunds(account, mode, Some(id), &query),
        ("GET", ["payments", id, "refunds", refund]) => payments::get_refund(account, mode, Some(id), refund),
        ("GET", ["refunds"]) => payments::refunds(account, mode, None, &query),
        ("GET", ["refunds", id]) => payments::get_refund(account, mode, None, id),
        ("GET", ["disputes"]) => payments::disputes(account, mode, &query),
        ("GET", ["disputes", id]) => payments::get_dispute(account, mode, id),
        _ => Err(reply::Refused::new("The double does not do this.")),
    };
    answer.map_or_else(|refused| refused.into_reply(&account.settings), |body| (200, body))
}

/// Which of the two keys was shown.
fn mode(account: &Account, authorization: Option<&str>) -> Option<&'static str> {
    let shown = Base64::decode_vec(authorization?.strip_prefix("Basic ")?).ok()?;
    let shown = String::from_utf8(shown).ok()?;
    let (id, secret) = shown.split_once(':')?;
    let (mode, _) = account.keys.iter().find(|(_, known)| *known == id)?;
    (secret == account.secret).then_some(mode)
}
