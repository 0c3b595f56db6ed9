//! Signing in over HTTP: cookies, access tokens, and who is refused.

mod browser;
mod cookies;
mod enumeration;
mod forged;
mod forms;
mod limits;
mod matrix;
mod own_links;

pub(crate) use browser::{Browser, SECRET, change, code_of, mails_are_sent_from, number};
