//! Whether a request comes from a service that the operator let report here.

use axum::extract::FromRequestParts;
use http::request::Parts;
use sealdrop_api::{Problem, ProblemType, mail_events::WEBHOOK_HEADER};

use crate::{problem::ProblemResponse, state::AppState};

/// It does. Without a secret in the settings there is no such route.
pub(crate) struct FromWebhook;

impl FromRequestParts<AppState> for FromWebhook {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ProblemResponse> {
        let secret = state.webhook_secret.as_ref().ok_or(ProblemType::NotFound)?;
        let mut shown = parts.headers.get_all(WEBHOOK_HEADER).iter();
        match (shown.next(), shown.next()) {
            (Some(shown), None) if secret.is(shown.as_bytes()) => Ok(Self),
            _ => {
                let said = "The header Sealdrop-Webhook-Secret is missing, or is not what BREVO_WEBHOOK_SECRET says.";
                Err(ProblemResponse::from(
                    Problem::new(ProblemType::Unauthenticated).with_detail(said),
                ))
            }
        }
    }
}
