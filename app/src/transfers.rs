//! What this visit is doing: one sending, one receiving and one look, and the links that were sent, kept above the router, so that a transfer goes on while its
//! person looks at another page. Screens read the signals; only the functions here talk to the engine.

mod chosen;
mod dropping;
mod pasting;
mod receiving;
mod sending;
mod sent_links;
mod viewing;

pub(crate) use pasting::{Pasted, open_link};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use receiving::{Letter, Received};
pub(crate) use receiving::{ReceiveScreen, Receiving};
pub(crate) use sending::{NEWEST, SendScreen, Sending};
pub(crate) use sent_links::{Answer, Card, Keeping, Over, SentLink, SentLinks};
pub(crate) use viewing::{Step, View, Viewing};

use leptos::prelude::RwSignal;

/// What a screen reader hears next; written rarely.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Voice(pub(crate) RwSignal<String>);
