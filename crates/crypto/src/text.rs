//! base64url without padding (RFC 4648, section 5), canonical and exact in length: one text per value.

use alloc::string::String;

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Encodes as base64url without padding.
pub fn encode_base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes exactly `N` bytes in constant time; refuses any other length, padding and non-zero spare bits.
///
/// # Errors
/// [`Error::Text`].
pub fn decode_base64url<const N: usize>(text: &str) -> Result<[u8; N]> {
    if text.len() != (N * 8).div_ceil(6) {
        return Err(Error::Text);
    }
    let mut bytes = Zeroizing::new([0; N]);
    match Base64UrlUnpadded::decode(text, &mut *bytes) {
        Ok(decoded) if decoded.len() == N => Ok(*bytes),
        _ => Err(Error::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_per_value() {
        assert_eq!(encode_base64url(&[0xfb, 0xff]), "-_8");
        assert_eq!(decode_base64url::<2>("-_8"), Ok([0xfb, 0xff]));
        for refused in ["-_9", "-_8=", "-_", "+/8", "-_8A", " _8", ""] {
            assert_eq!(decode_base64url::<2>(refused), Err(Error::Text), "{refused:?}");
        }
    }
}
