//! What a mail says, made when it is sent.

use sealdrop_mail::{Content, EmailAddress, Letter};
use serde::Deserialize;

use super::{reason::MailReason, rows::Waiting};
use crate::{error::ServiceError, notices::read, service::Service, store::instant};

/// A letter, and who gets it. Not for a log: there is no `Debug`.
pub(crate) struct Composed {
    /// Who is meant, however the address was typed.
    pub(crate) to: EmailAddress,
    pub(crate) letter: Letter,
    /// Where a mail program turns such mails off, if they can be.
    pub(crate) unsubscribe_url: Option<String>,
}

impl Composed {
    /// One that cannot be turned off by a mail program.
    fn new(to: EmailAddress, letter: Letter) -> Self {
        Self {
            to,
            letter,
            unsubscribe_url: None,
        }
    }
}

#[derive(Deserialize)]
struct DevicePayload {
    device: String,
}

#[derive(Deserialize)]
struct PaidPayload {
    #[serde(flatten)]
    held: PlanPayload,
    invoice: String,
}

#[derive(Deserialize)]
struct ReturnedPayload {
    plan: String,
    amount: String,
}

#[derive(Deserialize)]
struct PlanPayload {
    plan: String,
    ends_at: i64,
}

/// The letter; nothing if what it would say holds no more.
pub(crate) async fn compose(service: &Service, mail: &Waiting) -> Result<Option<Composed>, ServiceError> {
    if let Some(purpose) = mail.reason.code_purpose() {
        let Some(challenge_id) = &mail.subject else {
            return Ok(None);
        };
        let code = service.code_mail(challenge_id).await?;
        return Ok(code.map(|code| {
            let content = Content::Code {
                purpose,
                code: &code.code,
                minutes_left: code.minutes_left(),
            };
            let letter = Letter::new(&content);
            Composed::new(code.to, letter)
        }));
    }
    if mail.reason.is_of_notices() {
        let told = read::read(service.inner.store.reader(), mail.id, service.now()).await?;
        return Ok(told.map(|told| Composed {
            unsubscribe_url: service.unsubscribe_url(told.user, mail.reason),
            ..Composed::new(told.to, Letter::new(&Content::News(&told.news)))
        }));
    }
    let letter = match mail.reason {
        MailReason::NewDevice => {
            let payload: Option<DevicePayload> = serde_json::from_str(&mail.payload).ok();
            let device = payload.map_or_else(String::new, |payload| payload.device);
            let at = instant(mail.made_at);
            Letter::new(&Content::NewDevice { device: &device, at })
        }
        MailReason::EmailChanged => Letter::new(&Content::EmailChanged),
        MailReason::AccountClosed => Letter::new(&Content::AccountClosed),
        MailReason::PlanPaid => {
            let Ok(paid) = serde_json::from_str::<PaidPayload>(&mail.payload) else {
                return Ok(None);
            };
            Letter::new(&Content::PlanPaid {
                plan: &paid.held.plan,
                until: instant(paid.held.ends_at.saturating_mul(1000)),
                invoice: &paid.invoice,
            })
        }
        MailReason::PaymentReturned => {
            let Ok(ReturnedPayload { plan, amount }) = serde_json::from_str(&mail.payload) else {
                return Ok(None);
            };
            Letter::new(&Content::PaymentReturned {
                plan: &plan,
                amount: &amount,
            })
        }
        MailReason::PlanEnds | MailReason::PlanEnded => {
            let Ok(about) = serde_json::from_str::<PlanPayload>(&mail.payload) else {
                return Ok(None);
            };
            let at = instant(about.ends_at.saturating_mul(1000));
            let plan = &about.plan;
            Letter::new(&match mail.reason {
                MailReason::PlanEnds => Content::PlanEnds { plan, at },
                _ => Content::PlanEnded { plan, at },
            })
        }
        _ => Letter::new(&Content::Test),
    };
    Ok(Some(Composed::new(mail.to.clone(), letter)))
}
