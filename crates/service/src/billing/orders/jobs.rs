//! The jobs of an order, as they are added.

use serde::{Deserialize, Serialize};

use super::row::{hex, id_of};
use crate::{error::InternalError, jobs::queue::NewJob};

/// Makes the link.
pub(crate) const PREPARE: &str = "prepare_order";
/// Ends the link.
pub(crate) const END: &str = "end_order";
/// Asks what became of it.
pub(crate) const SETTLE: &str = "settle_order";

/// One order.
#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Its id, in hexadecimal.
    pub(crate) order: String,
}

impl Payload {
    /// The id.
    pub(crate) fn id(&self) -> Result<[u8; 16], InternalError> {
        id_of(&self.order).ok_or_else(|| InternalError::lasting("reading a job's payload", "it names no order"))
    }
}

pub(crate) fn prepare(order: [u8; 16]) -> Result<NewJob, InternalError> {
    of(PREPARE, order)
}

pub(crate) fn end(order: [u8; 16]) -> Result<NewJob, InternalError> {
    of(END, order)
}

pub(crate) fn settle(order: [u8; 16]) -> Result<NewJob, InternalError> {
    of(SETTLE, order)
}

fn of(kind: &'static str, order: [u8; 16]) -> Result<NewJob, InternalError> {
    let order = hex(order);
    let job = NewJob::new(kind, &Payload { order: order.clone() })?;
    Ok(job.with_key(order))
}
