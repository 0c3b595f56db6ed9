//! `POST mail/brevo-events`: Brevo reports what became of mails.

use axum::extract::State;
use http::StatusCode;
use sealdrop_api::{
    ProblemType,
    mail_events::{BrevoEvent, BrevoEvents, MAX_EVENTS, ReportBrevoEvents},
};
use sealdrop_mail::EmailAddress;
use sealdrop_service::{MailEvent, MailEventKind};

use super::route::{Route, describe};
use crate::{
    extract::{FromWebhook, JsonBody},
    problem::{Answer, ProblemResponse},
    state::AppState,
};

/// Characters of an id that are looked at.
const ID_LEN: usize = 200;

pub(super) fn route() -> Route {
    describe::<ReportBrevoEvents>(
        "report_brevo_events",
        "Takes Brevo's reports of mails. Not there unless the operator sets `BREVO_WEBHOOK_SECRET`.",
    )
    .for_webhook()
    .takes_body()
    .answers_nothing()
    .refuses(&[ProblemType::NotFound, ProblemType::Unauthenticated])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    FromWebhook: FromWebhook,
    JsonBody(events): JsonBody<BrevoEvents>,
) -> Answer<StatusCode> {
    let events = match events {
        BrevoEvents::One(event) => vec![event],
        BrevoEvents::Many(events) if events.len() > MAX_EVENTS => {
            return Err(ProblemResponse::invalid("At most 500 reports come in one request."));
        }
        BrevoEvents::Many(events) => events,
    };
    let events: Vec<MailEvent> = events.iter().filter_map(read).collect();
    if !events.is_empty() {
        state.service.note_mail_events(&events).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What is not known, or is of no address, is none: Brevo would only report it again.
fn read(event: &BrevoEvent) -> Option<MailEvent> {
    let kind = match event.event.as_str() {
        "delivered" => MailEventKind::Delivered,
        "hard_bounce" | "invalid_email" => MailEventKind::HardBounce,
        "soft_bounce" => MailEventKind::SoftBounce,
        "blocked" => MailEventKind::Blocked,
        "spam" => MailEventKind::Complaint,
        "unsubscribed" => MailEventKind::Unsubscribed,
        _ => return None,
    };
    let provider_id = event.message_id.as_deref().unwrap_or_default();
    Some(MailEvent {
        kind,
        address: EmailAddress::parse(&event.email).ok()?,
        provider_id: provider_id.chars().take(ID_LEN).collect(),
        at: event
            .ts_event
            .and_then(|seconds| i64::try_from(seconds).ok()?.checked_mul(1000)),
    })
}
