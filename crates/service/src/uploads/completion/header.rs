//! The gate behind the bucket: what was uploaded must at least look like a sealed object (format section 2).
//!
//! The server cannot tell ciphertext from noise. But a client that by mistake sends what it should have sealed does not
//! produce this header, and is refused before a link can point to it.

use sealdrop_api::{ObjectId, limits::OBJECT_HEADER_LEN};

use crate::uploads::plan::stream_len;

const MAGIC: [u8; 8] = *b"\x89SD1\r\n\x1a\n";
const VERSION: u8 = 1;
/// AES-256-GCM, HKDF and HMAC on SHA-256, records of 256 KiB.
const SUITE: u8 = 1;
const RECORD_SIZE: [u8; 4] = 262_144_u32.to_be_bytes();

/// What is wrong with the start of an object of `object_len` bytes; `None` if nothing is.
pub(crate) fn fault(start: &[u8], object_id: ObjectId, object_len: u64) -> Option<&'static str> {
    let Ok(header) = <&[u8; OBJECT_HEADER_LEN]>::try_from(start) else {
        return Some("it is shorter than a header");
    };
    let stream = u64::from_be_bytes(header[64..72].try_into().unwrap_or_default());
    let checks = [
        (header[..8] == MAGIC, "it does not start like a sealed object"),
        (
            header[8] == VERSION && header[9] == SUITE,
            "its version or suite is unknown here",
        ),
        (header[10..12] == [0, 0], "its flags are not zero"),
        (header[12..16] == RECORD_SIZE, "its records have another size"),
        (header[16..32] == object_id.0, "it names another object"),
        (
            stream_len(object_len) == Some(stream),
            "its length is not the one that it names",
        ),
        (header[72..96] == [0; 24], "its reserved bytes are not zero"),
    ];
    checks.into_iter().find_map(|(holds, fault)| (!holds).then_some(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(object_id: ObjectId, stream: u64) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([VERSION, SUITE, 0, 0]);
        bytes.extend(RECORD_SIZE);
        bytes.extend(object_id.0);
        bytes.extend([9; 32]);
        bytes.extend(stream.to_be_bytes());
        bytes.extend([0; 24]);
        bytes.extend([5; 32]);
        bytes
    }

    #[test]
    fn every_field_is_looked_at() {
        let id = ObjectId([3; 16]);
        let good = header(id, 65_380);
        let len = 128 + 65_380 + 28;
        assert_eq!(fault(&good, id, len), None);
        // Salt and tag are random; every other byte is known.
        for at in (0..32).chain(64..96) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(fault(&bad, id, len).is_some(), "byte {at}");
        }
        for at in (32..64).chain(96..128) {
            let mut other = good.clone();
            other[at] ^= 1;
            assert_eq!(fault(&other, id, len), None, "byte {at}");
        }
        assert!(fault(&good, id, len + 1).is_some());
        assert!(fault(&good[..127], id, len).is_some());
        assert!(fault(b"", id, len).is_some());
    }
}
