//! The transports against doubles of what they speak to.

mod brevo;
mod fallback;
mod python;
mod smtp;

use sealdrop_mail::{CodePurpose, Content, EmailAddress, Letter, Mail, MailId, Sender};
use time::macros::datetime;

/// A mail with a code to this address.
fn mail_to(to: &str) -> Mail {
    Mail {
        id: MailId([7; 16]),
        to: EmailAddress::parse(to).expect("an address"),
        letter: Letter::new(&Content::Code {
            purpose: CodePurpose::SignIn,
            code: "00012345",
            minutes_left: 10,
        }),
        made_at: datetime!(2026-11-30 14:05:59 UTC),
    }
}

fn sender() -> Sender {
    Sender::parse("Sealdrop <mail@send.test>").expect("a sender")
}
