//! A new name for a file, which spares what is there: the standard library's `rename` replaces it, on every system.

use std::{fs, io, path::Path};

/// Gives a file another name, if that is free.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    // A second link to the same file is refused where the name is taken.
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system knows links.
        Err(_) => rename_over_own(from, to),
    }
}

/// Takes the name with an empty file, which only one can make, and puts the file in its place.
fn rename_over_own(from: &Path, to: &Path) -> io::Result<()> {
    drop(fs::OpenOptions::new().write(true).create_new(true).open(to)?);
    fs::rename(from, to).inspect_err(|_| {
        // It is empty and ours.
        let _ = fs::remove_file(to);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n16_a_name_that_is_taken_is_spared_with_links_and_without() -> io::Result<()> {
        for rename in [rename_new, rename_over_own] {
            let folder = tempfile::tempdir()?;
            let at = |name: &str| folder.path().join(name);
            fs::write(at("new"), "new")?;
            fs::write(at("there"), "old")?;
            let error = rename(&at("new"), &at("there")).expect_err("it is taken");
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(at("there"))?, "old");
            rename(&at("new"), &at("free"))?;
            assert_eq!(
                (fs::read_to_string(at("free"))?.as_str(), at("new").exists()),
                ("new", false)
            );
            rename(&at("gone"), &at("other")).expect_err("there is nothing to rename");
            assert!(!at("other").exists());
        }
        Ok(())
    }
}
