//! What a mail says, made when it is sent.

use sealdrop_mail::{Content, Letter};
use serde::Deserialize;

use super::{reason::MailReason, rows::Waiting};
use crate::{error::ServiceError, service::Service, store::instant};

/// A code that is still good. Not for a log: there is no `Debug`.
pub(crate) struct ChallengeCode {
    pub(crate) code: String,
    pub(crate) minutes_left: u32,
}

/// The code of a challenge, or nothing once it has ended: used, replaced, guessed at too often, or too old.
///
/// No challenge is kept by this version, so none is alive.
pub(crate) async fn code_for(_service: &Service, _challenge_id: &[u8]) -> Result<Option<ChallengeCode>, ServiceError> {
    Ok(None)
}

#[derive(Deserialize)]
struct DevicePayload {
    device: String,
}

/// The letter; nothing if what it would say holds no more.
pub(crate) async fn compose(service: &Service, mail: &Waiting) -> Result<Option<Letter>, ServiceError> {
    if let Some(purpose) = mail.reason.code_purpose() {
        let Some(challenge_id) = &mail.subject else {
            return Ok(None);
        };
        let found = code_for(service, challenge_id).await?;
        return Ok(found.map(|found| {
            Letter::new(&Content::Code {
                purpose,
                code: &found.code,
                minutes_left: found.minutes_left,
            })
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
        _ => Letter::new(&Content::Test),
    };
    Ok(Some(letter))
}
