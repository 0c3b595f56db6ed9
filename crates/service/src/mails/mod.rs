//! Mail: an outbox of rows, each written in the transaction that causes it.
//!
//! A row says to whom and why, never what: the text is made when it is sent ([`compose`]), so no code lies in a row, a job or a log.
//! The job `send_mail` sends it; when it is tried again is in [`schedule`]. What the
//! provider reports of it afterwards is in [`events`], and what follows from that in [`holds`].

pub(crate) mod compose;
mod events;
pub(crate) mod holds;
pub(crate) mod new_mail;
mod outbox;
pub(crate) mod reason;
pub(crate) mod rows;
pub(crate) mod schedule;
pub(crate) mod send_job;

pub use events::{MailEvent, MailEventKind};
pub use holds::HeldAddress;
pub use new_mail::NewMail;
pub use outbox::Outbox;
pub use reason::MailReason;
pub use rows::{MailRow, MailState};
