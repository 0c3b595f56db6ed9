//! The manifest of a release: written by `scripts/site-manifest.mjs`, carried by this program, or given as a file.

use std::{fs::File, io::Read as _, path::Path};

use serde::Deserialize;

use super::digest::sha256;

include!(concat!(env!("OUT_DIR"), "/manifest.rs"));

/// A manifest at most, in bytes; ours have 40 kB.
const MAX_MANIFEST: u64 = 4 << 20;
/// A file of a site at most, in bytes.
const MAX_FILE: u64 = 32 << 20;
const FORMAT: u32 = 1;

/// What a release consists of.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    /// The name of the build: 8 hexadecimal digits.
    pub(crate) build: String,
    /// Paths of pages; `:id` stands for any link.
    pub(crate) pages: Vec<String>,
    /// What a page runs and loads, in order: each kind of page has one of these lists.
    pub(crate) shells: Vec<Vec<String>>,
    pub(crate) files: Vec<ManifestFile>,
    /// SHA-256 of the manifest itself.
    #[serde(skip)]
    pub(crate) digest: String,
}

/// A file that a visit may load.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ManifestFile {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// In hexadecimal.
    pub(crate) sha256: String,
}

/// Why there is no manifest to compare with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotRead {
    /// Built without a site.
    #[error(
        "This program carries no manifest: it was built without the web app. Give one with --manifest: releases have it as \
         manifest-sha256.json, and `make site` writes it to target/site/manifest-sha256.json."
    )]
    NotCarried,
    /// The file cannot be read.
    #[error("The manifest cannot be read: {0}.")]
    File(#[from] std::io::Error),
    /// It is something else.
    #[error("This is not a manifest of a release that this version can read ({0}).")]
    Wrong(String),
}

impl Manifest {
    /// The one that this program carries.
    pub(crate) fn carried() -> Result<Self, CannotRead> {
        Self::parse(CARRIED.ok_or(CannotRead::NotCarried)?)
    }

    /// One from a file.
    pub(crate) fn read(path: &Path) -> Result<Self, CannotRead> {
        let mut content = Vec::new();
        File::open(path)?.take(MAX_MANIFEST + 1).read_to_end(&mut content)?;
        Self::parse(&content)
    }

    pub(super) fn parse(content: &[u8]) -> Result<Self, CannotRead> {
        let wrong = |why: &str| CannotRead::Wrong(why.to_owned());
        if content.len() as u64 > MAX_MANIFEST {
            return Err(wrong("it is too long"));
        }
        let mut manifest: Self =
            serde_json::from_slice(content).map_err(|error| CannotRead::Wrong(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(wrong("another format"));
        }
        let is_path =
            |path: &String| path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '?', '#']);
        let paths = manifest.files.iter().map(|file| &file.path);
        if !manifest.pages.iter().chain(paths).all(is_path) {
            return Err(wrong("a path that is none"));
        }
        if manifest.pages.is_empty()
            || manifest.shells.is_empty()
            || manifest.shells.iter().any(Vec::is_empty)
            || manifest.files.is_empty()
        {
            return Err(wrong("a list is empty"));
        }
        if manifest.files.iter().any(|file| file.bytes > MAX_FILE) {
            return Err(wrong("a file is too long"));
        }
        manifest.digest = sha256(content);
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_manifest_is_one() {
        let good = r#"{"format":1,"build":"b","pages":["/"],"shells":[["script"]],"files":[{"path":"/a","bytes":1,"sha256":"00"}]}"#;
        assert_eq!(
            Manifest::parse(good.as_bytes()).expect("a manifest").digest,
            sha256(good.as_bytes())
        );
        for (from, to) in [
            ("\"format\":1", "\"format\":2"),
            ("\"/a\"", "\"//elsewhere/a\""),
            ("[[\"script\"]]", "[[]]"),
            ("\"bytes\":1", "\"bytes\":99999999999"),
            ("}", ""),
        ] {
            assert!(Manifest::parse(good.replace(from, to).as_bytes()).is_err(), "{to}");
        }
    }
}
