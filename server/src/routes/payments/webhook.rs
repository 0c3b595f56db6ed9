//! `POST /webhooks/razorpay`: events of the payment provider. The signature is checked over the bytes as they came, before anything reads
//! them; then one row is written, and the provider answered. What follows from an event is a job's work.

use axum::extract::{Request, State};
use http::{HeaderMap, StatusCode};
use metrics::counter;
use sealdrop_api::ProblemType;
use sealdrop_payments::{EventId, WebhookEvent, claimed_account};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::{
    extract::{Client, read_whole},
    metrics::list::PAYMENT_EVENTS,
    problem::{Answer, ProblemResponse},
    state::AppState,
};

/// Bytes of an event at most: they have a few kilobytes.
const MAX_EVENT: usize = 256 << 10;

pub(super) async fn handle(State(state): State<AppState>, request: Request) -> Answer<StatusCode> {
    let payments = state.payments.as_ref().ok_or(ProblemType::NotFound)?;
    let (parts, body) = read_whole(request, &state, MAX_EVENT).await?;
    let signature = only(&parts.headers, WebhookEvent::SIGNATURE_HEADER).unwrap_or_default();
    if !payments.secrets.signed(&body, signature) {
        counter!(PAYMENT_EVENTS, "outcome" => "wrong_signature").increment(1);
        let client = parts.extensions.get::<Client>().and_then(|client| client.0);
        let account = claimed_account(&body);
        // What is signed is never held up by what is not.
        if payments.refused.note_bad(client, account.as_deref(), Instant::now()) {
            return Err(ProblemType::TooManyRequests.into());
        }
        return Err(ProblemResponse::invalid(
            "The signature of this event is missing or wrong.",
        ));
    }
    payments.refused.note_good(claimed_account(&body));
    let id = only(&parts.headers, WebhookEvent::ID_HEADER).and_then(EventId::parse);
    // An event without an id is the same event as long as it has the same bytes.
    let id = id.or_else(|| EventId::parse(&hash(&body)));
    let id = id.ok_or_else(|| ProblemResponse::invalid("The event has no id."))?;
    state.service.take_payment_event(&id, &body).await?;
    counter!(PAYMENT_EVENTS, "outcome" => "taken").increment(1);
    Ok(StatusCode::OK)
}

/// A header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// 64 hexadecimal digits.
fn hash(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}
