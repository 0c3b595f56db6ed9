//! Bytes of files that tests send.

/// Bytes that do not repeat within the length of a record, different for each seed.
#[must_use]
pub fn content(seed: u8, len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8 ^ seed).collect()
}
