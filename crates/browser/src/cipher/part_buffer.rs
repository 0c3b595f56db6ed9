//! Buffers for sealed parts, used again.
//!
//! A fresh buffer of 10 MiB costs the engine a page fault for every 4 KiB when it is written, and afterwards waits for
//! collection. A request copies its body when it is made, so the buffer is free again as soon as the request is on its way.

use std::cell::RefCell;

use js_sys::Uint8Array;

/// Spare buffers that a thread keeps.
const SPARE: usize = 1;

thread_local! {
    static SPARES: RefCell<Vec<Uint8Array>> = const { RefCell::new(Vec::new()) };
}

/// The bytes of one part. Dropping it gives its buffer to the next one of this length.
#[derive(Debug)]
pub struct PartBuffer(Uint8Array);

impl PartBuffer {
    /// A buffer of `len` bytes, which may hold those of an earlier part: its user writes all of it.
    #[must_use]
    pub fn take(len: u32) -> Self {
        let spare = SPARES.with_borrow_mut(|spares| {
            let at = spares.iter().position(|spare| spare.length() == len)?;
            Some(spares.swap_remove(at))
        });
        Self(spare.unwrap_or_else(|| Uint8Array::new_with_length(len)))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &Uint8Array {
        &self.0
    }
}

impl Drop for PartBuffer {
    fn drop(&mut self) {
        SPARES.with_borrow_mut(|spares| {
            // Of another length: left of an object before.
            spares.retain(|spare| spare.length() == self.0.length());
            if spares.len() < SPARE {
                spares.push(self.0.clone());
            }
        });
    }
}

/// Lets the spare buffers go: this thread has nothing to do for now.
pub(crate) fn drop_spares() {
    SPARES.with_borrow_mut(Vec::clear);
}
