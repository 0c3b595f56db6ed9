//! What a mail says: a subject, a text that is enough, and the same as a page.
//!
//! The subject names nobody and holds no code: relays and providers log subjects, and phones show them while locked. No mail has a
//! link. What others chose goes through the templates' escaping, in one line.

mod date;
mod news;
mod size;
mod templates;
#[cfg(test)]
mod tests;

use askama::Template;
use time::OffsetDateTime;

use date::date;
pub use news::{DownloadedLink, LinkOfUser, News, StorageUse, UnusedLink};
use templates::{CodeHtml, CodeText, NoticeHtml, NoticeText, Section};

/// Letters of a device's name that are shown.
const DEVICE_LEN: usize = 80;

/// How a notice that a user chose ends. Nothing in a mail changes anything, so it says where that is done.
const CHOSEN: &str = "Your Sealdrop account is set to send this email. To get fewer of them or none, sign in, open your account and choose under Notices.";

/// What a mail is about.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// A code, and what it is for.
    Code {
        /// What it is for.
        purpose: CodePurpose,
        /// The digits.
        code: &'a str,
        /// Minutes for which it is still good.
        minutes_left: u32,
    },
    /// To the address that an account had: it has another one now.
    EmailChanged,
    /// To the address that an account had until it was closed.
    AccountClosed,
    /// Somebody signed in from a device that was not seen before.
    NewDevice {
        /// Such as `Firefox on Linux`; what a browser said of itself.
        device: &'a str,
        /// When.
        at: OffsetDateTime,
    },
    /// What happened to a user's links and storage.
    News(&'a News),
    /// A payment arrived, and its plan began or goes on.
    PlanPaid {
        /// Its name.
        plan: &'a str,
        /// When it ends.
        until: OffsetDateTime,
        /// The number of the invoice.
        invoice: &'a str,
    },
    /// A payment went back to who paid, wholly or in part.
    PaymentReturned {
        /// The name of the plan that it was for.
        plan: &'a str,
        /// Such as `100.00 INR`.
        amount: &'a str,
    },
    /// A plan that was paid for ends soon.
    PlanEnds {
        /// Its name.
        plan: &'a str,
        /// When.
        at: OffsetDateTime,
    },
    /// A plan that was paid for has ended.
    PlanEnded {
        /// Its name.
        plan: &'a str,
        /// When.
        at: OffsetDateTime,
    },
    /// Sent by the operator, to see whether mail arrives.
    Test,
}

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// Signing in, which makes the account if there is none.
    SignIn,
    /// Confirming something that only the owner may do.
    StepUp,
    /// Showing that a new address is the owner's.
    ChangeEmail,
}

/// A subject and two texts that say the same.
#[derive(Clone)]
pub struct Letter {
    /// Without names and codes.
    pub subject: String,
    /// The text part, with lines of any length.
    pub text: String,
    /// The page.
    pub html: String,
}

impl Letter {
    /// Writes it.
    #[must_use]
    pub fn new(content: &Content<'_>) -> Self {
        match *content {
            Content::Code {
                purpose,
                code,
                minutes_left,
            } => code_letter(purpose, code, minutes_left),
            Content::EmailChanged => notice(
                "Your email address was changed",
                "The email address of your Sealdrop account was changed, and this address can no longer be used to sign in. All other sessions and access tokens were ended.",
                None,
                "If this was not you, contact the people who run your Sealdrop server.",
            ),
            Content::AccountClosed => notice(
                "Your account was closed",
                "Your Sealdrop account was closed. All sessions and access tokens were ended, the links of the account no longer work, and its files are deleted within 24 hours.",
                None,
                "If this was not you, contact the people who run your Sealdrop server. You can sign up again with this address; the new account starts empty.",
            ),
            Content::NewDevice { device, at } => {
                let detail = format!("{}, {}", one_line(device), date(at));
                notice(
                    "New sign-in to your account",
                    "Someone signed in to your Sealdrop account on a device that we have not seen before:",
                    Some(detail),
                    "If this was you, there is nothing to do. If not, sign in, open your account and sign that device out.",
                )
            }
            Content::News(news) => notice_of(news.subject(), &news.sections(), CHOSEN),
            Content::PlanPaid { plan, until, invoice } => notice(
                "Your plan is paid",
                "Thank you. Your payment has arrived, and the plan is yours until the date below:",
                Some(format!(
                    "{}, {}, invoice {}",
                    one_line(plan),
                    date(until),
                    one_line(invoice)
                )),
                "To see and print the invoice, sign in, open your account and choose Plan and billing. The plan does not renew by itself: nothing is charged again unless you buy again.",
            ),
            Content::PaymentReturned { plan, amount } => notice(
                "Your payment went back",
                "A payment of yours was returned to where it came from:",
                Some(format!("{}, {}", one_line(plan), one_line(amount))),
                "Banks usually take 5 to 7 working days to show it. To see your orders and credit notes, sign in, open your account and choose Plan and billing.",
            ),
            Content::PlanEnds { plan, at } => notice(
                "Your plan ends soon",
                "The plan that you paid for ends soon. It does not renew by itself:",
                Some(format!("{}, {}", one_line(plan), date(at))),
                "To keep it, sign in and buy it again: the time is added to the end. If you do nothing, nothing is deleted; over the space of the free plan you can read and delete, and send nothing new.",
            ),
            Content::PlanEnded { plan, at } => notice(
                "Your plan has ended",
                "The plan that you paid for has ended:",
                Some(format!("{}, {}", one_line(plan), date(at))),
                "Nothing was deleted, and your links go on. If you store more than the free plan allows, you can read and delete, and send nothing new. To send again, sign in and buy a plan, or delete something.",
            ),
            Content::Test => notice(
                "Test message",
                "This is a test message from your Sealdrop server.",
                None,
                "If you can read it, email from your server arrives.",
            ),
        }
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

fn code_letter(purpose: CodePurpose, code: &str, minutes_left: u32) -> Letter {
    let (subject, lead, otherwise) = match purpose {
        CodePurpose::SignIn => (
            "Your sign-in code",
            "Enter this code to sign in to Sealdrop:",
            "If you did not ask for it, do nothing. Nobody can sign in without it.",
        ),
        CodePurpose::StepUp => (
            "Your confirmation code",
            "Enter this code to confirm a change to your Sealdrop account:",
            "If you did not ask for it, someone else may be signed in to your account. Do not share the code, and sign out your other devices.",
        ),
        CodePurpose::ChangeEmail => (
            "Confirm your new email address",
            "Enter this code to use this email address for your Sealdrop account:",
            "If you did not ask for it, do nothing. No account gets this address without it.",
        ),
    };
    let minutes = if minutes_left == 1 {
        "1 minute".to_owned()
    } else {
        format!("{minutes_left} minutes")
    };
    let (text, html) = (
        CodeText {
            lead,
            code,
            minutes: &minutes,
            otherwise,
        }
        .render(),
        CodeHtml {
            subject,
            lead,
            code,
            minutes: &minutes,
            otherwise,
        }
        .render(),
    );
    letter(subject, text, html)
}

fn notice(subject: &'static str, lead: &'static str, detail: Option<String>, otherwise: &str) -> Letter {
    notice_of(subject, &[Section::new(lead, detail)], otherwise)
}

fn notice_of(subject: &str, sections: &[Section], otherwise: &str) -> Letter {
    let (text, html) = (
        NoticeText { sections, otherwise }.render(),
        NoticeHtml {
            subject,
            sections,
            otherwise,
        }
        .render(),
    );
    letter(subject, text, html)
}

fn letter(subject: &str, text: askama::Result<String>, html: askama::Result<String>) -> Letter {
    // Writing texts of ours into a string does not fail.
    Letter {
        subject: subject.to_owned(),
        text: text.unwrap_or_default(),
        html: html.unwrap_or_default(),
    }
}

/// What a browser said, without what would begin another line or turn it around.
fn one_line(device: &str) -> String {
    let plain = |letter: char| {
        if letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            ' '
        } else {
            letter
        }
    };
    let line: String = device.chars().map(plain).take(DEVICE_LEN).collect();
    match line.trim() {
        "" => "unknown device".to_owned(),
        line => line.to_owned(),
    }
}
