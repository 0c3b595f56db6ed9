//! Crockford's base 32: letters and digits that people do not mix up.

use alloc::string::String;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Encodes the leading bits of `bytes`, as many whole characters of 5 bits as they hold.
pub(crate) fn encode(bytes: &[u8]) -> String {
    (0..bytes.len() * 8 / 5)
        .map(|i| char::from(ALPHABET[usize::from(five_bits(bytes, i * 5))]))
        .collect()
}

/// Value of one character, read generously: no case, `I` and `L` are `1`, `O` is `0`.
pub(crate) fn value(character: char) -> Option<u8> {
    let upper = match character.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    ALPHABET
        .iter()
        .position(|c| char::from(*c) == upper)
        .and_then(|i| u8::try_from(i).ok())
}

fn five_bits(bytes: &[u8], bit: usize) -> u8 {
    let high = bytes[bit / 8];
    let low = bytes.get(bit / 8 + 1).copied().unwrap_or(0);
    let window = u16::from_be_bytes([high, low]);
    ((window >> (11 - bit % 8)) & 31) as u8
}
