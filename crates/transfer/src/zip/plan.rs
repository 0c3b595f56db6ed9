//! The layout of an archive, known before its first byte, because a download has to announce its exact length.

use super::layout::{Directory, Entry};
use sealdrop_model::Selection;

use crate::{
    download::sink_files::reading_order,
    error::TransferError,
    link::open::OpenedLink,
    names::{
        bundle_name::bundle_name,
        extension::shorten,
        save_name::{Target, save_name},
        save_paths::{Saving, save_paths},
    },
    platform::sinks::SinkFile,
};

/// Ending of an archive's name.
const ENDING: &str = ".zip";
/// Bytes of a file's name at most.
const MAX_NAME: usize = 255;

/// An archive of some files, before it is written.
#[derive(Debug, Clone)]
pub struct ZipPlan {
    pub(super) name: String,
    /// In the order of writing.
    pub(super) entries: Vec<Entry>,
    pub(super) len: u64,
}

impl ZipPlan {
    /// The archive of what is selected of a link. All of it is called like the link, and so is a part of what has a title; a part
    /// of what has none is called after what it holds. `nfc` is [`crate::Platform::normalize_nfc`].
    ///
    /// # Errors
    /// [`TransferError::InvalidInput`] for a file that is not in the link.
    pub fn new(link: &OpenedLink, selection: &Selection, nfc: impl Fn(&str) -> String) -> Result<Self, TransferError> {
        let files = reading_order(link, selection)?;
        let called = bundle_name(link.files.iter().map(|file| file.path.as_str()));
        if files.len() == link.files.len() || called != link.name {
            return Ok(Self::of(&link.name, &files, nfc));
        }
        let mut listed: Vec<&SinkFile> = files.iter().collect();
        listed.sort_by_key(|file| file.index);
        let called = bundle_name(listed.into_iter().map(|file| file.path.as_str()));
        Ok(Self::of(&called, &files, nfc))
    }

    /// An archive of these files, written in this order; twins are numbered in the order of their places in the list.
    #[must_use]
    pub fn of(name: &str, files: &[SinkFile], nfc: impl Fn(&str) -> String) -> Self {
        let mut listed: Vec<usize> = (0..files.len()).collect();
        listed.sort_by_key(|at| files[*at].index);
        let paths: Vec<&str> = listed.iter().map(|at| files[*at].path.as_str()).collect();
        let mut names = vec![String::new(); files.len()];
        let how = Saving {
            target: Target::Archive,
            keep_hidden: false,
            ignores_case: true,
            nfc: &nfc,
        };
        for (at, name) in listed.into_iter().zip(save_paths(&paths, &how)) {
            names[at] = name;
        }
        let entries: Vec<Entry> = files
            .iter()
            .zip(names)
            .map(|(file, name)| Entry {
                file: file.index,
                name,
                len: file.len,
                modified_ms: file.modified_ms,
            })
            .collect();
        let stem = save_name(&nfc(name), Target::Anywhere);
        Self {
            name: shorten(&stem, MAX_NAME - ENDING.len()) + ENDING,
            len: archive_len(&entries),
            entries,
        }
    }

    /// What the archive is called: a name that any system can hold.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its exact bytes.
    #[must_use]
    pub const fn archive_len(&self) -> u64 {
        self.len
    }
}

fn archive_len(entries: &[Entry]) -> u64 {
    let (mut offset, mut len) = (0, 0);
    for entry in entries {
        len += entry.central_len(offset);
        offset += entry.local_len() + entry.len + entry.descriptor_len();
    }
    let directory = Directory {
        entries: entries.len() as u64,
        offset,
        len,
    };
    offset + len + directory.end_len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Titles of senders, and what a download folder gets.
    #[test]
    fn d12_an_archive_of_any_title_has_a_name_that_every_system_can_hold() {
        for (title, name) in [
            ("photo.jpg and 12 others", "photo.jpg and 12 others.zip"),
            ("Holiday: July/August?", "Holiday_ July_August_.zip"),
            ("\u{202e}gpj.exe", "gpj.exe.zip"),
            ("../..", "_.zip"),
            ("CON", "_CON.zip"),
            (" . ", "file.zip"),
            ("a\r\nb\u{0}c", "abc.zip"),
        ] {
            assert_eq!(ZipPlan::of(title, &[], str::to_owned).name(), name, "{title:?}");
        }
        let long = ZipPlan::of(&"फ".repeat(341), &[], str::to_owned);
        assert!(
            long.name().len() <= 255 && long.name().ends_with("फ.zip"),
            "{}",
            long.name()
        );
    }
}
