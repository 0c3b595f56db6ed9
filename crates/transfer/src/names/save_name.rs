//! Names as they are saved: what one platform cannot hold is mapped here, and only here, never in what travels.

use super::extension::shorten;

/// Where a name is going to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A file system that takes every byte but `/` and NUL, up to 255 bytes.
    Unix,
    /// Windows: no device names, no `< > : " / \ | ? *`, nothing that ends in a dot or space.
    Windows,
    /// A download folder on an unknown system: the rules of all of them, and nothing invisible. Normalise (NFC) before.
    Anywhere,
    /// Inside an archive, which is unpacked anywhere: the same, but a name may begin with a dot, as in many a tree.
    Archive,
}

impl Target {
    /// The platform that this program was built for.
    #[must_use]
    pub const fn here() -> Self {
        if cfg!(windows) { Self::Windows } else { Self::Unix }
    }
}

/// Bytes of a saved name at most.
const MAX_SAVED: usize = 255;

/// Maps one component of a path to a name that the target can hold: never empty, `.`, `..` or with a separator in
/// it, whatever is given. Two names may become one: the caller must not overwrite.
#[must_use]
pub fn save_name(name: &str, target: Target) -> String {
    let mut saved: String = match target {
        Target::Unix => name
            .chars()
            .map(|c| if matches!(c, '/' | '\0') { '_' } else { c })
            .collect(),
        Target::Windows | Target::Anywhere | Target::Archive => name
            .chars()
            .filter(|c| target == Target::Windows || !is_invisible(*c))
            .map(replace)
            .collect(),
    };
    if target != Target::Unix {
        saved = saved.trim_end_matches(['.', ' ']).to_owned();
    }
    if target == Target::Anywhere {
        saved = saved.trim_start_matches(['.', ' ']).to_owned();
    }
    if target != Target::Unix && is_device(&saved) {
        saved.insert(0, '_');
    }
    saved = shorten(&saved, MAX_SAVED);
    if target != Target::Unix {
        // Cutting may have left a dot or space at the end.
        saved.truncate(saved.trim_end_matches(['.', ' ']).len());
    }
    match saved.as_str() {
        "" => "file".to_owned(),
        "." | ".." => "_".repeat(saved.len()),
        _ => saved,
    }
}

/// Files that Windows reads by their name alone.
const READ_BY_NAME: [&str; 2] = ["autorun.inf", "desktop.ini"];

/// Makes visible and harmless at the top of a place what systems hide, and read because of its name alone: `.bashrc` becomes
/// `_bashrc`, `desktop.ini` becomes `_desktop.ini`. A shell, a desktop or a program that finds its settings in a folder takes
/// settings from the sender.
#[must_use]
pub fn show_hidden(name: String) -> String {
    // Some file systems ignore invisible characters.
    let seen =
        name.trim_start_matches(|c| is_invisible(c) || matches!(c, '\u{200b}'..='\u{200d}' | '\u{206a}'..='\u{206f}'));
    if let Some(rest) = seen.strip_prefix('.') {
        format!("_{rest}")
    } else if READ_BY_NAME.iter().any(|one| seen.eq_ignore_ascii_case(one)) {
        format!("_{seen}")
    } else {
        name
    }
}

fn replace(c: char) -> char {
    match c {
        '\0'..='\u{1f}' | '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        other => other,
    }
}

/// Controls, marks that turn the reading direction, and invisible marks.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Names that Windows keeps for devices, with or without an extension.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| {
            matches!(
                rest,
                "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "\u{b9}" | "\u{b2}" | "\u{b3}"
            )
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_source_tree_arrives_as_it_was_where_that_is_possible() {
        for name in ["aux.c", "xt_MARK.h", "a. ", "C:", "-rf", ".profile"] {
            assert_eq!(save_name(name, Target::Unix), name);
        }
        assert_eq!(save_name("aux.c", Target::Windows), "_aux.c");
        assert_eq!(save_name("com1", Target::Anywhere), "_com1");
        assert_eq!(save_name(".git", Target::Archive), ".git");
        assert_eq!(save_name(".git", Target::Anywhere), "git");
        assert_eq!(save_name("a. ", Target::Windows), "a");
        assert_eq!(save_name("C:", Target::Windows), "C_");
    }

    #[test]
    fn d10_hostile_names_become_plain_ones() {
        assert_eq!(save_name("../../etc/passwd", Target::Unix), ".._.._etc_passwd");
        assert_eq!(save_name("..", Target::Unix), "__");
        assert_eq!(save_name("..", Target::Archive), "file");
        assert_eq!(save_name("\u{202e}gpj.exe", Target::Anywhere), "gpj.exe");
        assert_eq!(save_name("\u{feff}", Target::Anywhere), "file");
        assert_eq!(save_name("...", Target::Anywhere), "file");
        assert_eq!(save_name("<a>|\"b\".txt", Target::Anywhere), "_a___b_.txt");
        let long = format!("{}.tar.gz", "फ".repeat(200));
        let saved = save_name(&long, Target::Unix);
        assert!(saved.len() <= MAX_SAVED && saved.ends_with(".gz"));
    }

    proptest! {
        #[test]
        fn every_target_gets_one_component(name in "\\PC{0,300}|[./\\\\ ]{0,8}|(?s).{0,80}") {
            for target in [Target::Unix, Target::Windows, Target::Anywhere, Target::Archive] {
                let saved = save_name(&name, target);
                prop_assert!((1..=MAX_SAVED).contains(&saved.len()));
                prop_assert!(!saved.contains(['/', '\0']) && saved != "." && saved != "..");
                prop_assert_eq!(&save_name(&saved, target), &saved);
            }
        }
    }
}
