//! The nonces of a part, all of them fresh.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::usize_of;
use crate::{error::Result, random::fill_random};

/// Where nonces come from: the system, but for known-answer tests.
#[derive(Clone, Copy)]
pub(crate) enum NonceSource {
    System,
    #[cfg(feature = "kat")]
    Fixed(fn(u64) -> [u8; 12]),
}

pub(super) fn make_nonces(indices: Range<u64>, source: NonceSource) -> Result<Vec<[u8; 12]>> {
    let count = usize_of(indices.end - indices.start)?;
    match source {
        NonceSource::System => {
            let mut nonces = vec![[0; 12]; count];
            fill_random(nonces.as_flattened_mut())?;
            Ok(nonces)
        }
        #[cfg(feature = "kat")]
        NonceSource::Fixed(nonce) => Ok(indices.map(nonce).collect()),
    }
}
