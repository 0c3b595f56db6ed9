//! Any bytes as an item, a payload or a manifest: never a panic, and what is accepted survives a rewrite.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealdrop_transfer::{Item, Listing, MAX_EXTENTS, MAX_FILES, Place, is_path};

fuzz_target!(|bytes: &[u8]| {
    for place in [Place::Item, Place::Payload] {
        if let Ok(item) = Item::parse(bytes, place) {
            let written = item.to_json(place);
            // Escapes may grow when they are written again; what fits reads the same.
            if let Ok(again) = Item::parse(&written, place) {
                assert_eq!(*again.to_json(place), *written);
            }
        }
    }
    if let Ok(list) = Listing::parse_manifest(bytes) {
        assert!((1..=MAX_FILES).contains(&list.files.len()));
        assert!(list.files.iter().map(|file| file.extents.len()).sum::<usize>() <= MAX_EXTENTS);
        assert!(list.files.iter().all(|file| is_path(&file.path)));
        let again = Listing::parse_manifest(&list.to_manifest_json()).expect("what was written reads");
        assert_eq!(*again.to_manifest_json(), *list.to_manifest_json());
    }
});
