//! What a part is made of, as positions: which bytes become which record, under which nonce.
//!
//! A caller whose content sits in buffers of its own (a browser with WebCrypto) walks the plan and seals there;
//! [`ObjectWriter::seal_part`](crate::ObjectWriter::seal_part) walks the same plan here.

pub(crate) mod geometry;
pub(crate) mod nonces;
pub(crate) mod part_plan;
pub(crate) mod slots;

use crate::{
    error::{Error, Result},
    size::{C, C0, PROLOGUE},
};

/// A length that is known to be within one part or run.
pub(crate) fn usize_of(len: u64) -> Result<usize> {
    usize::try_from(len).map_err(|_| Error::TooLarge)
}

/// Content of a full part 1, and of every other full part, of 10 MiB.
pub(crate) const FIRST_PART_CONTENT: usize = (C0 + 39 * C - PROLOGUE) as usize;
pub(crate) const PART_CONTENT: usize = (40 * C) as usize;
