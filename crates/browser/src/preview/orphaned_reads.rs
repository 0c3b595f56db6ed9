//! Running reads of closed streams, kept as long as they may be of use, because players ask again.

use core::ops::Range;
use std::collections::HashMap;

use futures::future::AbortHandle;

/// A running read is still of use to a reader that asks for a place up to this many bytes before it.
const NEAR: u64 = 2 << 20;

/// A read that is on its way.
pub(super) struct Reading {
    /// Streams may be counted from one again, reads are not.
    pub(super) number: u64,
    pub(super) ahead: Range<u64>,
    pub(super) handle: AbortHandle,
}

/// Running reads of closed streams.
///
/// Players close a stream and ask for the same place again: the running read goes on, unless the place that was asked for last
/// is another one. It does not matter whether the old stream is closed before or after the new place is asked for.
#[derive(Default)]
pub(super) struct Left {
    pub(super) reads: Vec<Reading>,
    /// The place that was asked for last.
    pub(super) last: u64,
}

impl Left {
    /// Aborts the reads that neither the last place nor an open stream needs.
    #[inline(never)] // twice in one function
    pub(super) fn drop_unwanted(&mut self, busy: &HashMap<u32, Reading>) {
        let last = self.last;
        self.reads.retain(|left| {
            let is_near = last < left.ahead.end && left.ahead.start <= last + NEAR;
            let shared = |one: &Reading| one.ahead.start < left.ahead.end && left.ahead.start < one.ahead.end;
            let is_wanted = is_near || busy.values().any(shared);
            if !is_wanted {
                // Dropping what it waits for aborts the request.
                left.handle.abort();
            }
            is_wanted
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    const MIB: u64 = 1 << 20;

    fn read(number: u64, ahead: Range<u64>) -> Reading {
        let (handle, _) = AbortHandle::new_pair();
        Reading { number, ahead, handle }
    }

    /// The reads of gone streams that go on.
    fn kept(last: u64, busy: Option<Range<u64>>) -> Vec<u64> {
        let mut left = Left {
            reads: vec![read(1, 10 * MIB..12 * MIB), read(2, 40 * MIB..41 * MIB)],
            last,
        };
        let all: Vec<_> = left.reads.iter().map(|one| (one.number, one.handle.clone())).collect();
        left.drop_unwanted(&busy.map(|ahead| (7, read(3, ahead))).into_iter().collect());
        let kept: Vec<_> = left.reads.iter().map(|one| one.number).collect();
        for (number, handle) in all {
            assert_eq!(handle.is_aborted(), !kept.contains(&number), "read {number}");
        }
        kept
    }

    #[wasm_bindgen_test]
    fn what_is_on_its_way_goes_on_for_who_asks_for_it_again() {
        assert_eq!(kept(10 * MIB, None), [1], "the same place");
        assert_eq!(kept(12 * MIB - 1, None), [1], "its last byte");
        assert_eq!(kept(9 * MIB, None), [1], "a little before it");
        assert_eq!(
            kept(41 * MIB, Some(39 * MIB..41 * MIB)),
            [2],
            "another stream waits for a part of it"
        );
    }

    #[wasm_bindgen_test]
    fn a_seek_drops_what_is_on_its_way() {
        assert_eq!(kept(0, None), [0; 0], "far before");
        assert_eq!(kept(12 * MIB, None), [0; 0], "just behind");
        assert_eq!(
            kept(8 * MIB - 1, Some(0..MIB)),
            [0; 0],
            "too far before, and no other reader"
        );
    }
}
