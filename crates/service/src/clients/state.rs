//! What one process remembers of its clients.

use std::sync::Mutex;

use super::{lanes::Lanes, rate::Rates};
use crate::error::InternalError;

/// What is remembered of clients, in memory and bounded.
pub(crate) struct Clients {
    pub(super) key: [u8; 32],
    pub(crate) lanes: Lanes,
    pub(super) rates: Mutex<Rates>,
}

impl Clients {
    pub(crate) fn new() -> Result<Self, InternalError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| InternalError::lasting("making a key", error))?;
        Ok(Self {
            key,
            lanes: Lanes::default(),
            rates: Mutex::default(),
        })
    }
}
