//! Paths in an archive: rebuilt from components that any system can hold, no two of them one where letters' case or
//! their composition does not count, and no file where a folder is.

use std::collections::{HashMap, HashSet};

use crate::{Target, numbered, save_name};

/// Bytes of one component at most: what the file systems of today hold.
const MAX_NAME: usize = 255;
/// The folder that everything is in.
const ROOT: usize = 0;

/// A folder or a file of the list, below another.
struct Node {
    parent: usize,
    wanted: String,
}

/// Gives each path its name in the archive, in the order given. Paths are those of one list: different from each other,
/// none of them a folder of another.
pub(super) fn archive_names(paths: &[&str], nfc: impl Fn(&str) -> String) -> Vec<String> {
    let nfc = |text: &str| if text.is_ascii() { text.to_owned() } else { nfc(text) };
    let mut nodes = vec![Node {
        parent: ROOT,
        wanted: String::new(),
    }];
    let mut folders: HashMap<&str, usize> = HashMap::new();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let mut parent = ROOT;
        let mut start = 0;
        for (at, _) in path.match_indices('/') {
            parent = *folders.entry(&path[..at]).or_insert_with(|| {
                nodes.push(Node {
                    parent,
                    wanted: save_name(&nfc(&path[start..at]), Target::Archive),
                });
                nodes.len() - 1
            });
            start = at + 1;
        }
        files.push(nodes.len());
        nodes.push(Node {
            parent,
            wanted: save_name(&nfc(&path[start..]), Target::Archive),
        });
    }
    let full = number_twins(&nodes, &nfc);
    files.into_iter().map(|node| full[node].clone()).collect()
}

/// The full path of each node. Who comes first keeps the name; who follows gets ` (2)`, unless another brings that one.
fn number_twins(nodes: &[Node], nfc: &impl Fn(&str) -> String) -> Vec<String> {
    let key = |parent: usize, name: &str| {
        let folded = if name.is_ascii() {
            name.to_ascii_lowercase()
        } else {
            nfc(&name.to_uppercase().to_lowercase())
        };
        (parent, folded)
    };
    let brought: HashSet<(usize, String)> = nodes.iter().map(|node| key(node.parent, &node.wanted)).collect();
    let mut taken: HashSet<(usize, String)> = HashSet::with_capacity(nodes.len());
    let mut next: HashMap<(usize, String), u32> = HashMap::new();
    let mut full: Vec<String> = Vec::with_capacity(nodes.len());
    for (place, node) in nodes.iter().enumerate() {
        if place == ROOT {
            full.push(String::new());
            continue;
        }
        let wanted = key(node.parent, &node.wanted);
        let mut name = node.wanted.clone();
        if !taken.insert(wanted.clone()) {
            let number = next.entry(wanted).or_insert(2);
            loop {
                name = numbered(&node.wanted, *number, MAX_NAME);
                *number += 1;
                let free = key(node.parent, &name);
                if !brought.contains(&free) && taken.insert(free) {
                    break;
                }
            }
        }
        full.push(match node.parent {
            ROOT => name,
            parent => format!("{}/{name}", full[parent]),
        });
    }
    full
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn nfc(text: &str) -> String {
        text.nfc().collect()
    }

    fn named(paths: &[&str]) -> Vec<String> {
        archive_names(paths, nfc)
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

    #[test]
    fn thousands_of_twins_take_no_time() {
        let paths: Vec<String> = (0..20_000)
            .map(|i| "\u{feff}".repeat(i % 200) + "?" + &"\u{200e}".repeat(i / 200))
            .collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        assert_eq!(named(&paths)[19_999], "_ (20000)");
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
}
