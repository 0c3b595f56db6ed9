//! A server that would choose what its clients seal with.

use std::collections::BTreeSet;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sealdrop_crypto::size;

use crate::{
    engine::{comes_back, send},
    memory::{CHOSEN, Memory, id_of},
};

/// Every answer names ids, keys, salts and nonces, the same each time; what is stored and what the link says has none of them,
/// and two sendings of the same file have nothing in common.
#[test]
fn c09_keys_ids_and_salts_of_the_server_are_never_used() {
    let lens = [("a.bin", 300_000)];
    let mut seen = BTreeSet::new();
    for _ in 0..2 {
        let memory = Memory::default();
        memory.chooses.set(true);
        let sent = send(&memory, &lens).expect("it is sent");
        memory.chooses.set(false);

        let has = |bytes: &[u8]| bytes.windows(16).any(|window| window == &CHOSEN[..16]);
        let link = memory.link.borrow().clone().expect("it was made");
        let payload = link["payload"].as_str().expect("a text");
        let payload = Base64UrlUnpadded::decode_vec(payload).expect("base64url");
        assert!(!has(&payload) && !has(&sent.link.link_id.0));
        assert_ne!(*sent.link.secret.to_text(), Base64UrlUnpadded::encode_string(&CHOSEN));
        assert_eq!(id_of(&link), sent.link.link_id.to_string(), "the id is the client's");
        assert!(seen.insert(payload[4..36].to_vec()), "the salt of the payload");
        assert!(seen.insert(sent.link.link_id.0.to_vec()) && seen.insert(sent.owner.expose().into_bytes()));

        let objects = memory.objects.borrow();
        assert_eq!(objects.len(), 1);
        for (id, object) in objects.iter() {
            let stored = object.whole.as_ref().expect("it is whole");
            assert!(!has(&stored[..size::HDR as usize + 12]), "header and first nonce");
            let sealed_id = Base64UrlUnpadded::encode_string(&stored[16..32]);
            assert_eq!(sealed_id, *id, "the id that is sealed is the one on the wire");
            for part in [16..32, 32..64, 128..140] {
                assert!(seen.insert(stored[part].to_vec()), "id, salt and nonce");
            }
        }
        drop(objects);
        comes_back(&memory, &sent, &lens);
    }
}
