//! What Brevo's answers mean.

use std::time::Duration;

use reqwest::Response;
use serde::Deserialize;

use crate::transport::{FailureKind, SendError};

/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 64 << 10;
/// What 429 means where it names no time.
const USUAL_RESET: u64 = 60;
/// How many seconds until more may be sent; there is no `Retry-After`.
const RESET: &str = "x-sib-ratelimit-reset";

/// The codes that the API documents: no other text of an answer is kept, because it may name an address.
const CODES: [&str; 18] = [
    "invalid_parameter",
    "missing_parameter",
    "out_of_range",
    "campaign_processing",
    "campaign_sent",
    "document_not_found",
    "not_enough_credits",
    "permission_denied",
    "duplicate_parameter",
    "duplicate_request",
    "method_not_allowed",
    "unauthorized",
    "account_under_validation",
    "not_acceptable",
    "bad_request",
    "unprocessable_entity",
    "reseller_permission_denied",
    "unknown",
];

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) reset: Option<u64>,
    pub(super) body: Body,
}

#[derive(Default, Deserialize)]
pub(super) struct Body {
    pub(super) code: Option<String>,
    #[serde(rename = "messageId")]
    pub(super) message_id: Option<String>,
}

pub(super) enum Meaning {
    /// It has the mail, now or since an earlier request.
    Sent(Option<String>),
    Failed(SendError),
    /// The account may not send, whoever to.
    Closed(String),
}

impl Answer {
    pub(super) async fn read(mut response: Response) -> Self {
        let status = response.status().as_u16();
        let reset = response
            .headers()
            .get(RESET)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let mut bytes = Vec::new();
        // An answer that breaks off has said its status.
        while let Ok(Some(chunk)) = response.chunk().await {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER {
                break;
            }
        }
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status, reset, body }
    }

    pub(super) fn meaning(self) -> Meaning {
        let said = self.body.code.as_deref().unwrap_or_default();
        let said = CODES.into_iter().find(|code| *code == said).unwrap_or("unknown");
        let code = format!("brevo {} {said}", self.status);
        match (self.status, said) {
            (200..=299, _) => Meaning::Sent(self.body.message_id.filter(|id| id.len() <= 200)),
            // It had the mail already: the answer to an earlier try was lost.
            (_, "duplicate_request") => Meaning::Sent(None),
            (429, _) => {
                let reset = Duration::from_secs(self.reset.unwrap_or(USUAL_RESET));
                let kind = FailureKind::Temporary {
                    retry_after: Some(reset),
                };
                Meaning::Failed(SendError::new(kind, code))
            }
            (401..=403, _)
            | (_, "not_enough_credits" | "account_under_validation" | "permission_denied" | "unauthorized") => {
                Meaning::Closed(code)
            }
            (400 | 404..=407 | 409..=499, _) => Meaning::Failed(SendError::permanent(code)),
            _ => Meaning::Failed(SendError::temporary(code)),
        }
    }
}
