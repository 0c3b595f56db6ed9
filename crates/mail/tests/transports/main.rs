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
        unsubscribe_url: None,
    }
}

/// As long as such an address gets.
const UNSUBSCRIBE: &str =
    "https://files-of-an-office-with-a-long-name.example.test/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A notice to this address, which can be turned off.
fn notice_to(to: &str) -> Mail {
    Mail {
        unsubscribe_url: Some(UNSUBSCRIBE.to_owned()),
        ..mail_to(to)
    }
}

fn sender() -> Sender {
    Sender::parse("Sealdrop <mail@send.test>").expect("a sender")
}
