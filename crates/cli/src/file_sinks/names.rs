//! What the files of a link are called here. Several files, or a folder, go into one new folder, so that nothing of what a sender
//! chose meets what is there.

use std::io;

use sealdrop_transfer::{Saving, Target, numbered, save_paths, shorten};
use unicode_normalization::UnicodeNormalization;

/// Ending of a file that is not finished.
pub(super) const PART: &str = ".part";
/// Longest name that a file system takes, in bytes.
const MAX_NAME: usize = 255;
/// Names tried where one is taken.
pub(super) const MOST_TWINS: u32 = 10_000;

/// Paths of a list's files below where they are saved. They differ, and none is a folder of another.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// The new folder that they go into; none for a single file.
    pub(super) folder: Option<String>,
    /// Bytes of each path in the list that are this folder's.
    skipped: usize,
    pub(super) paths: Vec<String>,
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}

impl Names {
    /// For what is called `name` in all and has files of these paths.
    pub(crate) fn of(name: &str, paths: &[&str], keep_hidden: bool) -> Self {
        let how = Saving {
            target: Target::here(),
            keep_hidden,
            ignores_case: cfg!(any(windows, target_os = "macos")),
            nfc: &nfc,
        };
        let is_single = paths.len() == 1 && !paths[0].contains('/');
        if is_single {
            return Self {
                folder: None,
                skipped: 0,
                paths: save_paths(paths, &how),
            };
        }
        let folder = Some(how.name(name, true));
        // The folder that was sent is the new one already.
        let below = |path: &&'_ str| path.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        if paths.iter().all(below) {
            let skipped = name.len() + 1;
            let inside: Vec<&str> = paths.iter().map(|path| &path[skipped..]).collect();
            let how = Saving {
                keep_hidden: true,
                ..how
            };
            return Self {
                folder,
                skipped,
                paths: save_paths(&inside, &how),
            };
        }
        Self {
            folder,
            skipped: 0,
            paths: save_paths(paths, &how),
        }
    }

    /// As an earlier run of the same list called its files.
    pub(super) fn with_paths(&self, paths: &[String]) -> Option<Self> {
        (paths.len() == self.paths.len()).then(|| Self {
            folder: self.folder.clone(),
            skipped: self.skipped,
            paths: paths.to_vec(),
        })
    }

    /// What an earlier run left, whatever the link holds now.
    pub(super) const fn left(folder: Option<String>, paths: Vec<String>) -> Self {
        Self {
            folder,
            skipped: 0,
            paths,
        }
    }

    /// All of them, in the order of the list.
    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The path of a file.
    pub(crate) fn path(&self, file: usize) -> &str {
        self.paths.get(file).map_or("file", String::as_str)
    }

    /// Whether a file of this path in the list is called something else here.
    pub(super) fn is_other(&self, file: usize, wanted: &str) -> bool {
        wanted.get(self.skipped..) != Some(self.path(file))
    }
}

/// Folders and name of a path.
pub(crate) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The name of a file, or of its twin where that is taken.
pub(crate) fn final_name(name: &str, nth: u32) -> String {
    match nth {
        1 => name.to_owned(),
        _ => numbered(name, nth, MAX_NAME),
    }
}

/// The name of a file that is not finished.
pub(crate) fn part_name(name: &str, nth: u32) -> String {
    let most = MAX_NAME - PART.len();
    match nth {
        1 => shorten(name, most) + PART,
        _ => numbered(name, nth, most) + PART,
    }
}

/// Tries a name, then `(2)`, `(3)` … until one is free.
pub(super) fn first_free<T>(mut attempt: impl FnMut(u32) -> io::Result<T>) -> io::Result<T> {
    for number in 1..MOST_TWINS {
        match attempt(number) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other,
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "no free name is left"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str, paths: &[&str]) -> (Option<String>, Vec<String>) {
        let names = Names::of(name, paths, false);
        (names.folder, names.paths)
    }

    fn found(folder: &str, paths: &[&str]) -> (Option<String>, Vec<String>) {
        let paths = paths.iter().map(ToString::to_string).collect();
        (Some(folder.to_owned()).filter(|one| !one.is_empty()), paths)
    }

    #[test]
    fn n11_what_is_more_than_a_file_goes_into_one_new_folder() {
        assert_eq!(names("a.txt", &["a.txt"]), found("", &["a.txt"]));
        assert_eq!(names(".bashrc", &[".bashrc"]), found("", &["_bashrc"]));
        assert_eq!(
            names("tree", &["tree/a", "tree/.git/b"]),
            found("tree", &["a", ".git/b"])
        );
        assert_eq!(names("tree", &["tree/a"]), found("tree", &["a"]));
        assert_eq!(
            names(".ssh", &[".ssh/authorized_keys"]),
            found("_ssh", &["authorized_keys"])
        );
        assert_eq!(
            names("Holiday", &[".ssh/config", "tree/.git", "_ssh"]),
            found("Holiday", &["_ssh/config", "tree/.git", "_ssh (2)"])
        );
        assert_eq!(names("..x", &["a", "b"]).0.as_deref(), Some("_.x"));
        let kept = Names::of(".ssh", &[".ssh/config"], true);
        assert_eq!(kept.folder.as_deref(), Some(".ssh"));
        let long = "फ".repeat(341);
        assert!(names(&long, &["a", "b"]).0.is_some_and(|name| name.len() <= MAX_NAME));
    }

    #[test]
    fn names_that_changed_are_known() {
        let names = Names::of("tree", &["tree/a", "tree/b"], false);
        assert!(!names.is_other(0, "tree/a") && names.is_other(1, "tree/a"));
        let names = Names::of("x", &["tree/a", ".b"], false);
        assert!(!names.is_other(0, "tree/a") && names.is_other(1, ".b"));
    }
}
