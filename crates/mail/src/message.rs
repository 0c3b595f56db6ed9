//! A mail as SMTP carries it (RFC 5322): headers, a text part and a page.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{address::EmailAddress, mail::Mail, sender::Sender, transport::SendError};

/// Writes the message. Its `Message-ID` and `Date` are those of the mail, so that each copy is known to be one.
///
/// # Errors
/// When an address is none that the library takes.
pub(crate) fn message(mail: &Mail, from: &Sender) -> Result<Message, SendError> {
    let refused = |_| SendError::permanent("message");
    let sender = Mailbox::new(from.name.clone(), address(&from.address)?);
    let (text, html) = (mail.letter.text.clone(), mail.letter.html.clone());
    let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
    let mut message = Message::builder()
        .date(since_1970(mail))
        .from(sender)
        .to(Mailbox::new(None, address(&mail.to)?))
        .subject(mail.letter.subject.clone())
        .message_id(Some(format!("<{}@{}>", mail.id, from.address.domain())))
        // RFC 3834: no automatic answer to this.
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
    for (name, value) in mail.unsubscribe_headers().into_iter().flatten() {
        message = message.raw_header(header(name, value));
    }
    message
        .multipart(MultiPart::alternative_plain_html(text, html))
        .map_err(refused)
}

fn since_1970(mail: &Mail) -> SystemTime {
    let seconds = u64::try_from(mail.made_at.unix_timestamp()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn address(address: &EmailAddress) -> Result<Address, SendError> {
    let address = address
        .deliverable()
        .split_once('@')
        .map(|(local, domain)| Address::new(local, domain));
    match address {
        Some(Ok(address)) => Ok(address),
        _ => Err(SendError::permanent("address")),
    }
}
