//! Notices of what happened to a user's links and storage.
//!
//! What happened is a row of `notices`, written in the transaction in which it happened, if the user wants to hear of it. Rows that wait
//! become mails in two ways: a job of the user's makes one at once, or, where the user chose one mail a day or had enough single ones,
//! another makes it the next morning. A row names the mail that says it, so that nothing is said twice, whatever the choice is meanwhile;
//! what the mail says is read when it is sent, and leaves out what holds no more.

pub(crate) mod choose;
pub(crate) mod gather;
pub(crate) mod kind;
pub(crate) mod note;
pub(crate) mod read;
pub(crate) mod tell_job;
mod unsubscribe;

pub use unsubscribe::UNSUBSCRIBE_PATH;
