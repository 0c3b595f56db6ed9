//! Any bytes as a blob: never a panic, never opened.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealdrop_crypto::{BlobContext, DeviceKey, encode_base64url, open_blob_sync, seal_blob_sync};

fuzz_target!(|input: (u64, u8, &[u8])| {
    let (at, change, bytes) = input;
    let key = DeviceKey::from_text(&encode_base64url(&[7; 32])).expect("43 characters");
    let context = BlobContext::UploadSession { account: None, object_id: &[9; 16] };
    assert!(open_blob_sync(&key, &context, bytes).is_err(), "a commitment was guessed");

    // The same bytes as content: they come back, and not once anything was changed.
    let Ok(mut blob) = seal_blob_sync(&key, &context, bytes) else { return };
    assert_eq!(&*open_blob_sync(&key, &context, &blob).expect("just sealed"), bytes);
    if change != 0 {
        let at = (at % blob.len() as u64) as usize;
        blob[at] ^= change;
        assert!(open_blob_sync(&key, &context, &blob).is_err(), "byte {at} does not matter");
    }
});
