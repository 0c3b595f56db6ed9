//! Nothing is derived under a label that the format does not list.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The registry of the format, section 1.
const REGISTRY: [&str; 20] = [
    "sealdrop/1/object/record-key",
    "sealdrop/1/object/header-tag",
    "sealdrop/1/object/tagroot",
    "sealdrop/1/blob",
    "sealdrop/1/kdf-salt",
    "sealdrop/1/slot/passphrase/kek",
    "sealdrop/1/slot/passphrase/gate",
    "sealdrop/1/slot/recovery/kek",
    "sealdrop/1/slot/prf/kek",
    "sealdrop/1/prf-input",
    "sealdrop/1/recovery-check",
    "sealdrop/1/account/item",
    "sealdrop/1/account/link",
    "sealdrop/1/account/prefs",
    "sealdrop/1/account/anchor",
    "sealdrop/1/account/fingerprint",
    "sealdrop/1/link/pw-salt",
    "sealdrop/1/link/payload",
    "sealdrop/1/link/auth",
    "sealdrop/1/link/check",
];

#[test]
fn the_source_derives_under_the_registry_and_nothing_else() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        for (at, _) in text.match_indices("sealdrop/") {
            let label: String = text[at..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "/-_{}".contains(*c))
                .collect();
            assert!(path.ends_with("label.rs"), "{label} stands in {}", path.display());
            found.push(label);
        }
    }
    let unique: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(unique.len(), found.len(), "each label once");
    assert_eq!(unique, REGISTRY.into_iter().collect());
}

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("they can be listed").path();
            if path.is_dir() {
                walk(&path, into);
            } else {
                let text = fs::read_to_string(&path).expect("they are text");
                into.push((path, text));
            }
        }
    }
    let mut sources = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    sources
}
