//! Bytes that every implementation can make again, from names.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, de};
use sha3::Shake256;
use sha3::digest::{ExtendableOutput, Update, XofReader};

/// `SHAKE-256("sealdrop-test/" ‖ name)`.
pub fn named_bytes(name: &str, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    let mut shake = Shake256::default();
    shake.update(b"sealdrop-test/");
    shake.update(name.as_bytes());
    shake.finalize_xof().read(&mut bytes);
    bytes
}

/// The nonce of record `index` in the vectors.
pub fn fixed_nonce(index: u64) -> [u8; 12] {
    nonce_named("iv", index)
}

/// The nonce functions that the corpus names.
pub(super) fn nonce_function(name: &str) -> Option<fn(u64) -> [u8; 12]> {
    match name {
        "iv" => Some(fixed_nonce),
        "iv2" => Some(|index| nonce_named("iv2", index)),
        "iv3" => Some(|index| nonce_named("iv3", index)),
        _ => None,
    }
}

fn nonce_named(name: &str, index: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&named_bytes(&alloc::format!("{name}/{index}"), 12));
    nonce
}

/// Passwords of the vectors with their NFKC form, since normalising is the business of the caller.
pub const NFKC: [(&str, &str); 2] = [
    ("corre\u{301}ct horse", "corr\u{e9}ct horse"),
    ("\u{fb01}le \u{2460}", "file 1"),
];

/// Bytes written as hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hex(pub(super) Vec<u8>);

impl Hex {
    pub(super) fn array<const N: usize>(&self) -> Result<[u8; N], super::failure::Failure> {
        self.0
            .as_slice()
            .try_into()
            .map_err(|_| super::failure::Failure("a case has bytes of the wrong length".into()))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_hex(&text)
            .map(Self)
            .ok_or_else(|| de::Error::custom("not hexadecimal"))
    }
}

pub(super) fn parse_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}
