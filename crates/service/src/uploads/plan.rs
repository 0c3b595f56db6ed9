//! What parts an object of a given length has, and which lengths an object can have at all (format section 2).

use sealdrop_api::limits::{MAX_OBJECT_LEN, MAX_PART_LEN, MAX_PARTS, MIN_OBJECT_LEN, OBJECT_HEADER_LEN, PART_LEN};

/// Bytes of a record slot.
const SLOT: u64 = 262_144;
/// Bytes that sealing adds to a record: nonce and tag.
const RECORD_OVERHEAD: u64 = 28;
/// Bytes of the header.
const HEADER: u64 = OBJECT_HEADER_LEN as u64;

/// The parts of one object: all of one length but the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    sealed_len: u64,
    part_len: u64,
}

impl Plan {
    /// None if the object would have more parts than a bucket takes.
    pub(crate) fn new(sealed_len: u64, part_len: u64) -> Option<Self> {
        let plan = Self { sealed_len, part_len };
        (sealed_len > 0 && part_len > 0 && sealed_len.div_ceil(part_len) <= u64::from(MAX_PARTS)).then_some(plan)
    }

    /// How many parts there are.
    pub(crate) fn count(self) -> u32 {
        // `new` refused more than 10,000.
        u32::try_from(self.sealed_len.div_ceil(self.part_len)).unwrap_or(u32::MAX)
    }

    /// Bytes of part `n`; none if there is no such part.
    pub(crate) fn len_of(self, n: u32) -> Option<u64> {
        let before = u64::from(n.checked_sub(1)?) * self.part_len;
        let left = self.sealed_len.checked_sub(before)?;
        (left > 0).then_some(left.min(self.part_len))
    }
}

/// Whether a client may choose this length for its parts: whole records, and what S3 takes.
pub(crate) fn is_part_len(len: u64) -> bool {
    len > 0 && len.is_multiple_of(PART_LEN) && len <= MAX_PART_LEN
}

/// The stream length `S` of an object of this length; none if no object is that long. `len = 128 + S + 28·N`.
pub(crate) fn stream_len(object_len: u64) -> Option<u64> {
    if !(MIN_OBJECT_LEN..=MAX_OBJECT_LEN).contains(&object_len) {
        return None;
    }
    let records = object_len.div_ceil(SLOT);
    let last = object_len - (records - 1) * SLOT;
    // The last record holds at least one byte; the first starts behind the header.
    let least = if records == 1 {
        HEADER + RECORD_OVERHEAD + 16
    } else {
        RECORD_OVERHEAD + 1
    };
    (last >= least).then(|| object_len - HEADER - RECORD_OVERHEAD * records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_object_exactly() {
        for len in [1, PART_LEN - 1, PART_LEN, PART_LEN + 1, 3 * PART_LEN, 7 * PART_LEN + 5] {
            let plan = Plan::new(len, PART_LEN).expect("few parts");
            let sum: u64 = (1..=plan.count()).filter_map(|n| plan.len_of(n)).sum();
            assert_eq!(sum, len);
            assert_eq!(plan.len_of(0), None);
            assert_eq!(plan.len_of(plan.count() + 1), None);
        }
        assert_eq!(Plan::new(PART_LEN * 10_000, PART_LEN).map(Plan::count), Some(10_000));
        assert_eq!(Plan::new(PART_LEN * 10_000 + 1, PART_LEN), None);
        assert_eq!(Plan::new(0, PART_LEN), None);
    }

    #[test]
    fn stream_lengths_are_those_of_the_format() {
        let c0 = SLOT - HEADER - RECORD_OVERHEAD;
        let c = SLOT - RECORD_OVERHEAD;
        for s in [16, 17, 65_380, c0 - 1, c0, c0 + 1, c0 + c, c0 + c + 1, c0 + 5 * c + 7] {
            let records = if s <= c0 { 1 } else { 1 + (s - c0).div_ceil(c) };
            assert_eq!(stream_len(HEADER + s + RECORD_OVERHEAD * records), Some(s), "S = {s}");
        }
        assert_eq!(stream_len(MIN_OBJECT_LEN - 1), None);
        assert_eq!(stream_len(MAX_OBJECT_LEN + 1), None);
        // A second record of 28 bytes would hold nothing.
        assert_eq!(stream_len(SLOT + 28), None);
        assert_eq!(stream_len(SLOT + 29), Some(c0 + 1));
    }

    #[test]
    fn part_lengths_are_whole_tens_of_mebibytes() {
        assert!(is_part_len(PART_LEN) && is_part_len(5 * PART_LEN));
        for wrong in [0, PART_LEN - 1, PART_LEN + 1, PART_LEN * 1000] {
            assert!(!is_part_len(wrong), "{wrong}");
        }
    }
}
