//! Any 128 bytes as a header, under any claim: never a panic, and accepted only if it is the one that was sealed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealdrop_crypto::{Fek, Kind, ObjectReader, encode_base64url};

fuzz_target!(|input: (&[u8], u64, u64)| {
    let (bytes, stream_len, object_len) = input;
    let Some(header) = bytes.first_chunk::<128>() else { return };
    let mut object_id = [0; 16];
    object_id.copy_from_slice(&header[16..32]);
    let fek = Fek::from_text(&encode_base64url(&[7; 32])).expect("43 characters");
    // The header names its own length too, so that mutations get past the first comparison.
    let named = header[64..72].try_into().map_or(0, u64::from_be_bytes);
    for stream_len in [stream_len, named] {
        let opened = ObjectReader::open(&object_id, &fek, stream_len, Kind::Content, header, object_len);
        assert!(opened.is_err(), "a header tag was guessed");
    }
});
