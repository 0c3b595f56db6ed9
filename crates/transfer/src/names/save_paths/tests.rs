//! What paths become where they are saved.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// In an archive, which is unpacked anywhere.
const ARCHIVE: Saving<'static> = Saving {
    target: Target::Archive,
    keep_hidden: false,
    ignores_case: true,
    nfc: &nfc,
};

fn named(paths: &[&str]) -> Vec<String> {
    save_paths(paths, &ARCHIVE)
}

#[test]
fn a_tree_comes_back_as_it_was() {
    let fine = ["d/.gitignore", "d/a.txt", "d/b/फफ", "d/naïve.md", "d/👩‍👩‍👧‍👦.jpg", "e"];
    assert_eq!(named(&fine), fine);
}

#[test]
fn d12_nothing_climbs_and_nothing_is_a_device() {
    let given = [
        "../../x",
        "/etc/passwd",
        "a\\..\\b",
        "C:/x",
        "d/..",
        "nul.txt",
        "\u{202e}gpj.exe",
        "dot./ x.",
    ];
    let expected = [
        "file/file/x",
        "file (2)/etc/passwd",
        "a_.._b",
        "C_/x",
        "d/file",
        "_nul.txt",
        "gpj.exe",
        "dot/ x",
    ];
    assert_eq!(named(&given), expected);
}

#[test]
fn d12_twins_are_numbered_also_where_case_and_composition_do_not_count() {
    assert_eq!(
        named(&["a.txt", "A.TXT", "a (2).txt", "A.txt"]),
        ["a.txt", "A (3).TXT", "a (2).txt", "A (4).txt"]
    );
    assert_eq!(
        named(&["e\u{301}", "\u{e9}", "\u{c9}"]),
        ["\u{e9}", "\u{e9} (2)", "\u{c9} (3)"]
    );
    assert_eq!(named(&["stra\u{df}e", "STRASSE"]), ["stra\u{df}e", "STRASSE (2)"]);
    // Folders that become one elsewhere stay two, and no file is where a folder is.
    assert_eq!(named(&["D/x", "d/x", "d/X"]), ["D/x", "d (2)/x", "d (2)/X (2)"]);
    assert_eq!(named(&["a", "A/x"]), ["a", "A (2)/x"]);
    assert_eq!(named(&["A/x", "a", "b:/c", "b_"]), ["A/x", "a (2)", "b_/c", "b_ (2)"]);
}

/// Names that differ, and whose numbered forms do not: cut where a number needs room, they are the same.
#[test]
fn n12_names_are_tried_about_as_often_as_there_are_files() {
    let stem = "x".repeat(240);
    let near: Vec<String> = (0..3_000)
        .flat_map(|i| [format!("{stem}{i:06}.bin"), format!("{stem}{i:06}.BIN")])
        .collect();
    // The numbers that would be tried are brought by others.
    let brought = (0..3_000).flat_map(|i| [format!("a ({i})"), format!("A\u{feff}{}", "\u{200e}".repeat(i))]);
    let marks = (0..3_000).map(|i| "\u{feff}".repeat(i % 50) + "?" + &"\u{200e}".repeat(i / 50));
    for list in [near, brought.collect(), marks.collect()] {
        let paths: Vec<&str> = list.iter().map(String::as_str).collect();
        let (names, tried) = name_all(&paths, &ARCHIVE);
        let set: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(set.len(), names.len());
        assert!(
            tried as usize <= 2 * names.len(),
            "{tried} tries for {} names",
            names.len()
        );
    }
}

#[test]
fn n11_at_the_top_nothing_is_hidden() {
    let given = [
        ".bashrc",
        ".ssh/config",
        "_ssh/config",
        "d/.git/x",
        "Desktop.ini",
        "d/desktop.ini",
    ];
    let shown = [
        "_bashrc",
        "_ssh/config",
        "_ssh (2)/config",
        "d/.git/x",
        "_Desktop.ini",
        "d/desktop.ini",
    ];
    assert_eq!(named(&given), shown);
    let kept = Saving {
        keep_hidden: true,
        ..ARCHIVE
    };
    assert_eq!(save_paths(&given, &kept), given);
    let unix = Saving {
        target: Target::Unix,
        ignores_case: false,
        ..ARCHIVE
    };
    assert_eq!(
        save_paths(&["a.", "A.", "_x", ".x"], &unix),
        ["a.", "A.", "_x", "_x (2)"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn d12_names_are_unique_on_every_file_system(
        paths in proptest::collection::hash_set("[aAbä.:e\u{301}\u{e9}/ (2)\u{feff}ſsß]{1,9}", 1..24)
    ) {
        let paths: Vec<&str> = paths.iter().map(String::as_str).filter(|path| !path.contains("//")).collect();
        let names = named(&paths);
        prop_assert_eq!(names.len(), paths.len());
        let fold = |name: &str| nfc(&name.to_lowercase());
        let files: HashSet<String> = names.iter().map(|name| fold(name)).collect();
        prop_assert_eq!(files.len(), names.len(), "{:?}", names);
        for name in &names {
            for part in name.split('/') {
                prop_assert!(!part.is_empty() && part != "." && part != "..", "{}", name);
                prop_assert_eq!(&save_name(part, Target::Archive), part);
            }
            for (at, _) in name.match_indices('/') {
                prop_assert!(!files.contains(&fold(&name[..at])), "{}", name);
            }
        }
    }
}
