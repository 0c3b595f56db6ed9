//! The arithmetic of sizes and positions, on `u64`, in bytes (format, section 2).
//!
//! It is public and free of keys because a plan, a progress bar and a server's limit all need it.

use core::ops::Range;

use crate::error::{Error, Result};

/// Distance between two records in an object: one slot of 256 KiB.
pub const R: u64 = 262_144;
/// Length of the header in front of record 0.
pub const HDR: u64 = 128;
/// Length of a record's nonce, which stands in front of its ciphertext.
pub const NONCE: u64 = 12;
/// Length of a record's GCM tag, which stands behind its ciphertext.
pub const TAG: u64 = 16;
/// Plaintext of a full record 0, which shares its slot with the header.
pub const C0: u64 = R - HDR - NONCE - TAG;
/// Plaintext of every other full record.
pub const C: u64 = R - NONCE - TAG;
/// Unit of parts and of `tag_root`: 40 slots, 10 MiB.
pub const PART: u64 = 40 * R;
/// Most parts in one multipart upload (S3).
pub const MAX_PARTS: u64 = 10_000;
/// Content up to this length is padded to it; the object is then 64 KiB.
pub const PAD_FLOOR: u64 = 65_364;
/// Most records in one object.
pub const MAX_RECORDS: u64 = 1 << 23;
/// Longest stream of one object, about 2 TiB.
pub const MAX_S: u64 = C0 + (MAX_RECORDS - 1) * C;
/// Content of an object of exactly 10,000 parts of 10 MiB, about 97.6 GiB.
pub const FULL: u64 = C0 + (MAX_PARTS * (PART / R) - 1) * C - PROLOGUE;
/// Bytes of the stream in front of the content.
pub const PROLOGUE: u64 = 16;

/// Whether the length of content is hidden among similar ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Padding {
    /// Round up as [`padded_len`] says. The default.
    #[default]
    Padded,
    /// The exact length, for those who would rather save the bytes.
    Exact,
}

/// Padmé: rounds up so that at most `log2(log2 n) + 1` leading bits of the length stay visible.
/// (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019.)
pub const fn padme(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let exponent = n.ilog2();
    let mask = match exponent.checked_ilog2() {
        Some(bits) => (1_u64 << (exponent - bits - 1)) - 1,
        None => 0,
    };
    n.saturating_add(mask) & !mask
}

/// Content and padding together. `content_len` is at most `MAX_S - 16`.
pub const fn padded_len(content_len: u64, padding: Padding) -> u64 {
    match padding {
        Padding::Exact => content_len,
        Padding::Padded if content_len <= PAD_FLOOR => PAD_FLOOR,
        Padding::Padded => {
            // Never beyond what the same part length carries: padding must not cost a larger part.
            let cap = if content_len <= FULL { FULL } else { MAX_S - PROLOGUE };
            let padded = padme(content_len);
            if padded < cap { padded } else { cap }
        }
    }
}

/// Length `S` of the stream: prologue, content, padding.
///
/// # Errors
/// [`Error::TooLarge`] beyond [`MAX_S`].
pub const fn stream_len(content_len: u64, padding: Padding) -> Result<u64> {
    if content_len > MAX_S - PROLOGUE {
        return Err(Error::TooLarge);
    }
    Ok(PROLOGUE + padded_len(content_len, padding))
}

/// Number of records that carry a stream.
pub const fn record_count(stream_len: u64) -> u64 {
    if stream_len <= C0 {
        1
    } else {
        1 + (stream_len - C0).div_ceil(C)
    }
}

/// Length of the object as stored, for a stream of at most [`MAX_S`].
pub const fn object_len(stream_len: u64) -> u64 {
    HDR + stream_len + (NONCE + TAG) * record_count(stream_len)
}

/// Which record holds a stream offset, and where in its plaintext. Content offset `c` is stream offset `c + 16`.
pub const fn locate(stream_offset: u64) -> (u64, u64) {
    if stream_offset < C0 {
        (0, stream_offset)
    } else {
        (1 + (stream_offset - C0) / C, (stream_offset - C0) % C)
    }
}

/// Stream offset of a record's first byte.
pub const fn record_start(index: u64) -> u64 {
    if index == 0 { 0 } else { C0 + (index - 1) * C }
}

/// Where record `index` stands: object offset of its nonce, and length of its plaintext.
/// `None` when the stream has no such record.
pub const fn record_slot(index: u64, stream_len: u64) -> Option<(u64, u64)> {
    if index >= record_count(stream_len) {
        return None;
    }
    let start = record_start(index);
    let full = if index == 0 { C0 } else { C };
    let rest = stream_len - start;
    let offset = if index == 0 { HDR } else { index * R };
    Some((offset, if rest < full { rest } else { full }))
}

/// Whether a part length can be used at all: a multiple of 10 MiB that S3 takes (at most 5 GiB).
pub const fn is_part_len(part_len: u64) -> bool {
    part_len > 0 && part_len.is_multiple_of(PART) && part_len <= 5 << 30
}

/// Number of parts of an object.
pub const fn part_count(object_len: u64, part_len: u64) -> u64 {
    object_len.div_ceil(part_len)
}

/// The bytes of content that part `part` (from 1) carries, for a part length of [`is_part_len`].
/// Empty where a part is padding only, or where there is no such part.
pub const fn content_of_part(part: u64, part_len: u64, content_len: u64) -> Range<u64> {
    let records = part_len / R;
    let start = record_start(records * part.saturating_sub(1)).saturating_sub(PROLOGUE);
    let end = record_start(records * part).saturating_sub(PROLOGUE);
    let start = if start < content_len { start } else { content_len };
    let end = if end < content_len { end } else { content_len };
    start..end
}

/// Length of the parts for content of this length: 10 MiB up to [`FULL`], then the smallest multiple of 10 MiB
/// whose 10,000 parts hold it, padded. At most 210 MiB.
///
/// # Errors
/// [`Error::TooLarge`] beyond [`MAX_S`].
pub const fn part_len_for(content_len: u64) -> Result<u64> {
    match stream_len(content_len, Padding::Padded) {
        Ok(stream) => Ok(object_len(stream).div_ceil(MAX_PARTS * PART) * PART),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn constants_are_those_of_the_format() {
        assert_eq!((C0, C), (261_988, 262_116));
        assert_eq!(PART, 10_485_760);
        assert_eq!(FULL, 104_846_399_856);
        assert_eq!(MAX_S - PROLOGUE, 2_198_788_374_384);
        assert_eq!(object_len(PROLOGUE + FULL), MAX_PARTS * PART);
        assert_eq!(record_count(MAX_S), MAX_RECORDS);
        assert_eq!(content_of_part(1, PART, u64::MAX), 0..10_484_496);
        assert_eq!(content_of_part(2, PART, u64::MAX), 10_484_496..10_484_496 + 10_484_640);
    }

    #[test]
    fn small_content_becomes_64_kib() {
        for content in [0, 1, 60_000, 63_488, 63_489, PAD_FLOOR] {
            assert_eq!(object_len(PROLOGUE + padded_len(content, Padding::Padded)), 65_536);
        }
        assert!(object_len(PROLOGUE + padded_len(PAD_FLOOR + 1, Padding::Padded)) > 65_536);
    }

    #[test]
    fn parts_grow_only_beyond_full() {
        assert_eq!(part_len_for(0), Ok(PART));
        assert_eq!(part_len_for(FULL), Ok(PART));
        assert_eq!(part_len_for(FULL + 1), Ok(2 * PART));
        let largest = part_len_for(MAX_S - PROLOGUE).expect("the largest content fits");
        assert!(is_part_len(largest) && part_count(object_len(MAX_S), largest) <= MAX_PARTS);
        assert!(part_count(object_len(MAX_S), largest - PART) > MAX_PARTS);
        assert_eq!(part_len_for(MAX_S - PROLOGUE + 1), Err(Error::TooLarge));
    }

    proptest! {
        #[test]
        fn padme_never_shrinks_and_costs_little(n in 0..=MAX_S) {
            let padded = padme(n);
            prop_assert!(padded >= n);
            prop_assert_eq!(padme(padded), padded);
            prop_assert!(n <= PAD_FLOOR || (padded - n) as f64 <= n as f64 * 0.032);
        }

        #[test]
        fn padding_never_needs_a_larger_part(n in 0..=MAX_S - PROLOGUE) {
            let padded = padded_len(n, Padding::Padded);
            prop_assert!(padded >= n && padded <= MAX_S - PROLOGUE);
            prop_assert_eq!(object_len(PROLOGUE + padded) <= MAX_PARTS * PART, n <= FULL);
        }

        #[test]
        fn records_tile_the_stream(stream in PROLOGUE..5 * R, at in 0_u64..5 * R) {
            let count = record_count(stream);
            let total: u64 = (0..count).filter_map(|i| record_slot(i, stream)).map(|(_, len)| len).sum();
            prop_assert_eq!(total, stream);
            let last = record_slot(count - 1, stream).expect("the last record exists");
            prop_assert!(last.1 > 0);
            prop_assert_eq!(last.0 + NONCE + last.1 + TAG, object_len(stream));
            prop_assert_eq!(record_slot(count, stream), None);
            let (record, within) = locate(at);
            prop_assert_eq!(record_start(record) + within, at);
        }

        #[test]
        fn parts_tile_the_content(content in 0_u64..200_000_000, units in 1_u64..4) {
            let part_len = units * PART;
            let parts = part_count(object_len(PROLOGUE + content), part_len);
            let mut next = 0;
            for part in 1..=parts {
                let range = content_of_part(part, part_len, content);
                prop_assert_eq!(range.start, next);
                next = range.end;
            }
            prop_assert_eq!(next, content);
        }
    }
}
