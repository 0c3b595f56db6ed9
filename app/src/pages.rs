//! One file a screen. Routes are in the crate's root.

mod choose;
mod chosen_files;
mod command_line;
mod copy_received;
mod gate;
pub(crate) mod letter;
mod letter_files;
mod link_end;
mod not_found;
pub(crate) mod receive;
mod received;
mod security;
pub(crate) mod send;
mod sending;
mod sent;
pub(crate) mod sent_links;

pub(crate) use choose::Choose;
pub(crate) use command_line::CommandLine;
pub(crate) use gate::{GATE_PASSWORD, Gate, Opening};
pub(crate) use letter::LetterPage;
pub(crate) use link_end::sent_title;
pub(crate) use not_found::NotFound;
pub(crate) use receive::Receive;
pub(crate) use received::{JudgedFiles, ReceivedPage};
pub(crate) use security::Security;
pub(crate) use send::Send;
pub(crate) use sending::SendingPage;
pub(crate) use sent::SentPage;
pub(crate) use sent_links::{NewestSentLinks, SentLinksPage};
