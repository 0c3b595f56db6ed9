//! Any text as a fragment or recovery code: never a panic, and what is read is written back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealdrop_crypto::{Fragment, RecoverySecret};

fuzz_target!(|input: ([u8; 16], &str)| {
    let (link_id, text) = input;
    if let Ok(fragment) = Fragment::parse(&link_id, text) {
        assert_eq!(*Fragment::encode(&link_id, fragment.flags, &fragment.secret), text, "two texts of one link");
    }
    if let Ok(secret) = RecoverySecret::from_text(text) {
        assert!(RecoverySecret::from_text(&secret.to_text()).is_ok());
    }
});
