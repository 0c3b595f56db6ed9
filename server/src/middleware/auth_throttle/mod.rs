//! Throttle of wrong guesses at tokens and link passwords.
//!
//! Ids and tokens are too long to be guessed; the password of a link whose address and fragment are known is not. So what is
//! charged is a guess of one client at one thing: it needs a permit before it is judged, which comes back when it was right.
//! Twenty wrong ones, and the client waits for that thing. What the client asks about anything else is judged all the same;
//! only its wrong answers say "too many requests" once there were twenty of them, which bounds how fast a client can scan.
//!
//! Who shows again what was right before guesses nothing: no transfer under way ever waits, whatever the neighbours behind
//! the same address do.
//!
//! Who guesses one link's password from many addresses meets the link's own budget. It never refuses: wrong answers about
//! that link come later, one after the other, right ones immediately, so no client can shut others out of a link that it knows.

mod debts;
mod known;
mod layer;
mod permits;
mod remembered;
pub(crate) mod throttle;

pub(crate) use layer::{Made, throttle_auth};
