//! What sends mail, as the settings say, and how the operator reads what stays in memory.

mod kept;
pub(crate) mod token;
pub(crate) mod webhook_secret;

use std::sync::Arc;

use sealdrop_mail::{BrevoMailer, FallbackMailer, Mailer, MemoryMailer, Sender, SmtpMailer, SmtpSettings};

pub(crate) use kept::{KEPT_PATH, show_kept};

use crate::config::{Config, MailTransport};

/// What sends mail, and the memory transport where it is that.
pub(crate) struct Mailing {
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) memory: Option<Arc<MemoryMailer>>,
}

/// Makes what the settings name. Needs rustls' process-wide provider for Brevo.
///
/// # Errors
/// When the key of Brevo is none, or its client cannot be made.
pub(crate) fn mailing(config: &Config) -> Result<Mailing, String> {
    let hello = config.http.public_url.as_ref().and_then(|url| url.host_str());
    let from = config.mail.from.clone();
    let smtp = |settings: &SmtpSettings, from: Sender| Arc::new(SmtpMailer::new(settings.clone(), from, hello));
    let (mailer, from): (Arc<dyn Mailer>, _) = match (&config.mail.transport, from) {
        (MailTransport::Smtp(settings), Some(from)) => (smtp(settings, from.clone()), from),
        (MailTransport::Brevo { api_url, api_key }, Some(from)) => (
            Arc::new(BrevoMailer::new(api_url, api_key.expose(), from.clone())?),
            from,
        ),
        _ => {
            let memory = Arc::new(if config.http.is_https() {
                MemoryMailer::unread()
            } else {
                MemoryMailer::default()
            });
            return Ok(Mailing {
                mailer: Arc::clone(&memory) as _,
                memory: Some(memory),
            });
        }
    };
    let mailer = match &config.mail.fallback {
        Some(settings) => Arc::new(FallbackMailer::new(mailer, smtp(settings, from))),
        None => mailer,
    };
    Ok(Mailing { mailer, memory: None })
}

/// How mail leaves, in a line for the operator. No secret.
pub(crate) fn describe(config: &Config) -> String {
    let relay = |settings: &SmtpSettings| format!("{}:{}", settings.host, settings.port);
    let transport = match &config.mail.transport {
        MailTransport::Memory => return "memory; `sealdrop-server mail` shows it".to_owned(),
        MailTransport::Smtp(settings) => format!("smtp, {}", relay(settings)),
        MailTransport::Brevo { api_url, .. } => format!("brevo, {}", api_url.host_str().unwrap_or_default()),
    };
    match &config.mail.fallback {
        Some(settings) => format!("{transport}; fallback smtp, {}", relay(settings)),
        None => transport,
    }
}
