//! Names and paths as they travel (format, section 6): how a sender makes a name fit.

use std::collections::HashSet;

use sealdrop_model::Renamed;

use super::{
    extension::shorten,
    numbering::Numbering,
    path::{MAX_COMPONENT, MAX_DEPTH, MAX_PATH, folders, is_refused},
};

/// Bytes that a name with a number has room for at least, in a path that is long.
const ROOM: usize = 64;

/// Makes paths fit to travel: NFC, `_` for each refused character, ` (2)` for what becomes equal to another. Gives
/// them in the order given, and says what changed. What fits already is left alone.
#[must_use]
pub fn sanitize(paths: &[String], nfc: impl Fn(&str) -> String) -> (Vec<String>, Vec<Renamed>) {
    let (fitted, _) = fit_all(paths, nfc);
    let renamed = paths
        .iter()
        .zip(&fitted)
        .filter(|(from, to)| from != to)
        .map(|(from, to)| Renamed {
            from: from.clone(),
            to: to.clone(),
        })
        .collect();
    (fitted, renamed)
}

/// Paths that fit, and how many names were tried.
fn fit_all(paths: &[String], nfc: impl Fn(&str) -> String) -> (Vec<String>, u64) {
    let wanted: Vec<String> = paths.iter().map(|path| fit(&nfc(path))).collect();
    let reserved: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let above: HashSet<&str> = wanted.iter().flat_map(|path| folders(path)).collect();
    let mut taken: HashSet<String> = HashSet::with_capacity(wanted.len());
    let mut fitted = Vec::with_capacity(wanted.len());
    let mut numbering = Numbering::default();
    for path in &wanted {
        let mut chosen = path.clone();
        if above.contains(chosen.as_str()) || !taken.insert(chosen.clone()) {
            let (folder, name) = split_path(path);
            let most = MAX_COMPONENT.min(MAX_PATH - folder.len());
            // A numbered name must not take one that another file brings with it.
            let mut is_free = |name: &str| {
                chosen = format!("{folder}{name}");
                !reserved.contains(chosen.as_str()) && !above.contains(chosen.as_str()) && taken.insert(chosen.clone())
            };
            numbering.free(folder, name, most, &str::to_owned, &mut is_free);
        }
        fitted.push(chosen);
    }
    (fitted, numbering.tried())
}

/// The folder in which a path gets a number, with its slash, and the name.
fn split_path(path: &str) -> (&str, &str) {
    let (folder, name) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    // So long a path has no room for a number: the file goes into the folder at the top.
    let folder = match folder.split_inclusive('/').next() {
        Some(top) if folder.len() > MAX_PATH - ROOM => top,
        _ => folder,
    };
    (folder, name)
}

/// One path made to fit, before it is compared with others.
fn fit(path: &str) -> String {
    let mut components: Vec<String> = path
        .split('/')
        .filter(|one| !one.is_empty())
        .map(fit_component)
        .collect();
    if components.is_empty() {
        components.push("_".to_owned());
    }
    if components.len() > MAX_DEPTH {
        // Too deep: the folders beyond become part of the file's name, so that no two files become one.
        let name = components.split_off(MAX_DEPTH - 1).join("_");
        components.push(shorten(&name, MAX_COMPONENT));
    }
    let total = |components: &[String]| components.iter().map(|one| one.len() + 1).sum::<usize>() - 1;
    if total(&components) > MAX_PATH {
        let each = (MAX_PATH + 1) / components.len() - 1;
        for component in &mut components {
            *component = shorten(component, each);
        }
    }
    components.join("/")
}

fn fit_component(component: &str) -> String {
    if component == "." || component == ".." {
        return "_".repeat(component.len());
    }
    let clean: String = component.chars().map(|c| if is_refused(c) { '_' } else { c }).collect();
    shorten(&clean, MAX_COMPONENT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::names::path::is_path;

    fn nfc(text: &str) -> String {
        text.nfc().collect()
    }

    fn sanitized(paths: &[&str]) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        sanitize(&paths, nfc).0
    }

    #[test]
    fn what_fits_is_left_alone() {
        let fine = ["a.txt", "dir/aux.c", "dir/AUX.c", "x: y? ", "फफ"];
        assert_eq!(sanitized(&fine), fine);
    }

    #[test]
    fn what_does_not_fit_is_changed_and_named() {
        let given = [
            "../../etc/passwd",
            "/a//b",
            "a\\b",
            "x\ny",
            "\u{202e}gpj.exe",
            "e\u{301}",
            "",
            ".",
        ];
        let expected = [
            "__/__/etc/passwd",
            "a/b",
            "a_b",
            "x_y",
            "_gpj.exe",
            "\u{e9}",
            "_",
            "_ (2)",
        ];
        assert_eq!(sanitized(&given), expected);
        let given: Vec<String> = given.iter().map(ToString::to_string).collect();
        assert_eq!(sanitize(&given, nfc).1.len(), given.len());
    }

    #[test]
    fn equal_names_are_numbered_without_taking_anothers() {
        assert_eq!(
            sanitized(&["a.txt", "a.txt", "a.txt"]),
            ["a.txt", "a (2).txt", "a (3).txt"]
        );
        assert_eq!(sanitized(&["a", "a", "a (2)"]), ["a", "a (3)", "a (2)"]);
        assert_eq!(sanitized(&["a", "a/b", "a/b"]), ["a (2)", "a/b", "a/b (2)"]);
        assert_eq!(sanitized(&[".profile", ".profile"]), [".profile", ".profile (2)"]);
    }

    #[test]
    fn n12_twins_that_are_sent_are_tried_about_as_often_as_there_are_files() {
        let same = vec!["d/a.txt".to_owned(); 3_000];
        let stem = "x".repeat(1_015);
        let near = (0..3_000).flat_map(|i| [format!("{stem}{i:09}"), format!("{stem}{i:09}")]);
        let brought = (0..3_000).flat_map(|i| [format!("a ({i})"), "a".to_owned()]);
        for paths in [same, near.collect(), brought.collect()] {
            let (fitted, tried) = fit_all(&paths, nfc);
            let set: HashSet<&String> = fitted.iter().collect();
            assert_eq!(set.len(), fitted.len());
            assert!(
                tried as usize <= 2 * paths.len(),
                "{tried} tries for {} names",
                paths.len()
            );
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let long = format!("{}.tar", "फ".repeat(400));
        let fitted = sanitized(&[&long]);
        assert!(fitted[0].len() <= MAX_COMPONENT && fitted[0].ends_with("फ.tar"));
        let deep = "d/".repeat(80) + "f";
        assert_eq!(sanitized(&[&deep])[0].split('/').count(), MAX_DEPTH);
        let longest = format!("{}{}", "x".repeat(1000) + "/", "d".repeat(1000) + "/");
        let longest = format!("{longest}{longest}{}/a", "e".repeat(MAX_PATH - 2 * longest.len() - 2));
        let twice = sanitized(&[&longest, &longest]);
        assert!(is_path(&longest) && is_path(&twice[1]), "{} bytes", twice[1].len());
        assert_eq!(twice[1], format!("{}/a (2)", "x".repeat(1000)));
        let wide = format!("{}/f", ["x".repeat(1024).as_str(); 10].join("/"));
        assert!(is_path(&sanitized(&[&wide])[0]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn sanitizing_fits_is_unique_and_settles(
            paths in proptest::collection::vec("[a-c./\\\\\u{0}\u{301}e\u{202e} ()2]{0,12}", 0..12)
        ) {
            let (once, _) = sanitize(&paths, nfc);
            prop_assert!(once.iter().all(|path| is_path(path)), "{once:?}");
            let set: HashSet<&String> = once.iter().collect();
            prop_assert_eq!(set.len(), once.len());
            prop_assert!(!once.iter().any(|path| folders(path).any(|above| set.contains(&above.to_owned()))));
            let (twice, renamed) = sanitize(&once, nfc);
            prop_assert_eq!(&once, &twice);
            prop_assert!(renamed.is_empty());
        }
    }
}
