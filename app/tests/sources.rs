//! What the page's policy forbids must not be in the sources: markup from strings, inline styles, inline handlers.

use std::{fs, path::Path};

fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the sources are readable") {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((
                path.display().to_string(),
                fs::read_to_string(&path).expect("sources are UTF-8"),
            ));
        }
    }
}

#[test]
fn b05_nothing_that_the_policy_forbids() {
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 40, "the walk found the sources");
    for (path, text) in &files {
        for forbidden in [
            "inner_html",
            " style=",
            "style:",
            "on:click=\"",
            "dangerously",
            "set_inner",
            "eval(",
        ] {
            assert!(!text.contains(forbidden), "{path}: {forbidden}");
        }
    }
}

#[test]
fn one_door_and_one_switch() {
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for (path, text) in files.iter().filter(|(path, _)| !path.ends_with("engine.rs")) {
        assert!(!text.contains("sealdrop_browser"), "{path} goes past the engine");
        assert!(!text.contains("cfg(feature"), "{path} asks where it runs");
    }
}
