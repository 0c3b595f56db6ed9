//! Codes by mail: asking for one, sending it, judging it.
//!
//! A challenge is 32 random bytes that who asks keeps; its row has their SHA-256, and the code is derived from that. No code is
//! stored, and the same one can be sent again. Whatever the address, a request does the same: it counts, writes a row and adds a mail.
//! Whether that mail goes out is decided when it is sent.

mod ask;
mod ask_signed_in;
mod asked;
mod bound;
mod budget;
mod code;
mod decide;
mod end;
mod judge;
mod look;
mod send;

pub use ask::{Asking, ClientHost};
pub use asked::Asked;

pub use look::Told;

pub(super) use code::Purpose;
#[cfg(test)]
pub(super) use code::{code_of, id_of};
#[cfg(test)]
pub(super) use decide::CodeMail;
pub(super) use end::end_codes;
pub(super) use judge::{Answered, judge};
