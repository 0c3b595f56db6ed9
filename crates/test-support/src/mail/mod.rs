//! Doubles of what mail is sent to: an SMTP server and a provider's API, which fail as they are told.

mod brevo;
mod smtp;

pub use brevo::{BrevoAnswer, BrevoDouble, BrevoRequest};
pub use smtp::{SmtpDouble, SmtpScript, SmtpSession};
