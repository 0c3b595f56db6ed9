//! base64url (RFC 4648 section 5) without padding, canonical: what the format and the API write bytes with.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Encodes bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes exactly `N` bytes; padding, other alphabets, other lengths and spare bits that are not zero are refused.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut out = [0; N];
    let read = Base64UrlUnpadded::decode(text, &mut out).ok()?;
    (read.len() == N && encode(&out) == text).then_some(out)
}

/// A sealed blob on its way: bytes that the server stores and cannot read, canonical base64url in JSON. A link's payload is
/// padded: 84 bytes and a power of two from 64 to 65,536.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct SealedBytes(pub Vec<u8>);

impl std::fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedBytes({} bytes)", self.0.len())
    }
}

impl Serialize for SealedBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SealedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = Base64UrlUnpadded::decode_vec(&text).map_err(|_| D::Error::custom("not base64url"))?;
        if encode(&bytes) != text {
            return Err(D::Error::custom("not canonical base64url"));
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_decodes() {
        assert_eq!(decode::<1>("_w"), Some([255]));
        for wrong in ["_x", "_w==", "/w", "_w ", "_", "_wA", ""] {
            assert_eq!(decode::<1>(wrong), None, "{wrong}");
        }
        assert!(serde_json::from_str::<SealedBytes>("\"_x\"").is_err());
    }
}
