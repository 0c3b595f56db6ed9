//! What Brevo reports of mails, as its webhook sends it. Fields that are not named here are ignored, because others choose them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Method, NoBody};

/// The header that shows that a report comes from the operator's own account: Brevo signs nothing.
pub const WEBHOOK_HEADER: &str = "sealdrop-webhook-secret";
/// Reports in one request at most.
pub const MAX_EVENTS: usize = 500;

/// Body of `POST mail/brevo-events`: one report, or several where the webhook is `batched`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum BrevoEvents {
    /// One.
    One(BrevoEvent),
    /// Several: at most 500.
    Many(Vec<BrevoEvent>),
}

/// One report.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct BrevoEvent {
    /// What happened, such as `hard_bounce`. Names that are not known here are ignored.
    pub event: String,
    /// To a mail to this address.
    pub email: String,
    /// What Brevo calls the mail.
    #[serde(rename = "message-id", skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// When it happened, in seconds since 1970 UTC.
    #[serde(
        deserialize_with = "crate::integer::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub ts_event: Option<u64>,
}

impl fmt::Debug for BrevoEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrevoEvent(redacted)")
    }
}

/// `POST mail/brevo-events`: Brevo reports what became of mails.
#[derive(Debug, Clone)]
pub struct ReportBrevoEvents {
    /// The body.
    pub body: BrevoEvents,
}

impl Endpoint for ReportBrevoEvents {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/mail/brevo-events";
    type Body = BrevoEvents;
    type Response = NoBody;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &BrevoEvents {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_report_and_many_are_read_whatever_else_they_hold() {
        let one = r#"{"event":"hard_bounce","email":"a@x.test","id":1,"date":"2020-10-09 00:00:00","ts":1604933619,
            "message-id":"<1@x.test>","ts_event":1604933654,"subject":"s","sending_ip":"192.0.2.1","tags":["t"],"reason":"r"}"#;
        let event = BrevoEvent {
            event: "hard_bounce".to_owned(),
            email: "a@x.test".to_owned(),
            message_id: Some("<1@x.test>".to_owned()),
            ts_event: Some(1_604_933_654),
        };
        let read = |text: &str| serde_json::from_str::<BrevoEvents>(text).ok();
        assert_eq!(read(one), Some(BrevoEvents::One(event.clone())));
        let many = format!(r#"[{one},{{"event":"list_addition"}}]"#);
        let other = BrevoEvent {
            event: "list_addition".to_owned(),
            ..BrevoEvent::default()
        };
        let decimal = read(&one.replace("1604933654", "1604933654.0"));
        assert_eq!(decimal, Some(BrevoEvents::One(event.clone())), "the same number");
        assert_eq!(read(&many), Some(BrevoEvents::Many(vec![event.clone(), other])));
        assert_eq!(read("7"), None);
        assert!(!format!("{event:?}").contains("x.test"));
    }
}
