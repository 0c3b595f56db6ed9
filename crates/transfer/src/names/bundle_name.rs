//! The name of several files together.

use super::extension::shorten;

/// Bytes of the first file's name at most, in the name of several files.
const MAX_FIRST: usize = 160;

/// What files are called together: the one file's name, the folder that all of them are in, or `photo.jpg and 12 others`.
#[must_use]
pub fn bundle_name<'a>(mut paths: impl Iterator<Item = &'a str>) -> String {
    let first = paths.next().unwrap_or_default();
    let (top, is_folder) = match first.split_once('/') {
        Some((top, _)) => (top, true),
        None => (first, false),
    };
    let inside = |path: &str| path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
    let (mut others, mut same_folder) = (0_usize, is_folder);
    for path in paths {
        others += 1;
        same_folder &= inside(path);
    }
    if others == 0 || same_folder {
        return top.to_owned();
    }
    let name = shorten(first.rsplit('/').next().unwrap_or(first), MAX_FIRST);
    let noun = if others == 1 { "other" } else { "others" };
    format!("{name} and {others} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::path::is_component;

    #[test]
    fn several_files_are_called_after_their_folder_or_the_first_of_them() {
        let called = |paths: &[&str]| bundle_name(paths.iter().copied());
        assert_eq!(called(&["photo.jpg"]), "photo.jpg");
        assert_eq!(called(&["tree/a", "tree/b/c"]), "tree");
        assert_eq!(called(&["tree/a"]), "tree");
        assert_eq!(called(&["photo.jpg", "b"]), "photo.jpg and 1 other");
        assert_eq!(called(&["photo.jpg", "b", "c"]), "photo.jpg and 2 others");
        assert_eq!(called(&["tree/deep/a.txt", "treetop", "tree/b"]), "a.txt and 2 others");
        assert_eq!(called(&["a", "a/b"]), "a and 1 other");
        let long = "फ".repeat(341);
        let name = called(&[&long, "b"]);
        assert!(
            is_component(&name) && name.len() < 200 && name.ends_with(" and 1 other"),
            "{name}"
        );
    }
}
