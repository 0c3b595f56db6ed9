//! Any texts as names of files, and as links: what comes out may travel, may be saved, and settles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealdrop_transfer::{Link, Target, is_path, sanitize, save_name};

fuzz_target!(|texts: Vec<String>| {
    // Normalisation is the platform's; without it the rest must hold all the same.
    let (once, _) = sanitize(&texts, ToOwned::to_owned);
    assert!(once.iter().all(|path| is_path(path)));
    let (twice, renamed) = sanitize(&once, ToOwned::to_owned);
    assert!(once == twice && renamed.is_empty());
    for text in &texts {
        for target in [Target::Unix, Target::Windows, Target::Anywhere] {
            let saved = save_name(text, target);
            assert!((1..=255).contains(&saved.len()) && !saved.contains(['/', '\0']) && saved != "." && saved != "..");
            assert_eq!(save_name(&saved, target), saved);
        }
        if let Ok(link) = Link::parse(text) {
            assert_eq!(Link::parse(&link.expose()).map(|again| again.link_id), Ok(link.link_id));
        }
    }
});
