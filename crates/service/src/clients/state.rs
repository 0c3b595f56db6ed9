//! What one process remembers of its clients.

use std::sync::Mutex;

use super::{lanes::Lanes, rate::Rates};

/// What is remembered of clients, in memory and bounded.
#[derive(Default)]
pub(crate) struct Clients {
    pub(crate) lanes: Lanes,
    pub(super) rates: Mutex<Rates>,
}
