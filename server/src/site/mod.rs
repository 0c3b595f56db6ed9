//! The built web app: files from the binary or from a folder, compressed beforehand, named by their content.
//!
//! A file under `/pkg/` with a hash in its name never changes and is kept for good; everything else is asked for again and
//! costs a 304. Compression happens when the site is built: serving a file is choosing one of its forms.

mod embedded;
mod encoding;
mod file;
mod folder;
pub(crate) mod serve;

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::Arc,
};

use serde::Deserialize;

use crate::config::SiteSource;
use embedded::Embedded;
use file::Found;

/// Where the built web app is.
#[derive(Clone)]
pub(crate) enum Site {
    /// In the binary.
    Embedded(Arc<HashMap<&'static str, Embedded>>),
    /// In a folder, which may be built again while the server runs.
    Folder(PathBuf),
    /// Nowhere: the API works, the pages say how to build it.
    Missing,
}

/// What a page loads; `assets.json` of the built site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct SiteAssets {
    /// The page's module.
    pub(crate) js: SiteAsset,
    /// The module that loads the parts of its WebAssembly.
    pub(crate) split: SiteAsset,
    /// Its WebAssembly, without those parts.
    pub(crate) wasm: SiteAsset,
    /// Its style sheet.
    pub(crate) css: SiteAsset,
    /// Name of the build.
    pub(crate) build: String,
    /// SHA-256 of the manifest of the site, in hexadecimal.
    #[serde(default)]
    pub(crate) manifest: Option<String>,
    /// The files of each part.
    #[serde(default)]
    pub(crate) parts: BTreeMap<String, Vec<SiteAsset>>,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct SiteAsset {
    /// Where it is.
    pub(crate) path: String,
    /// What it must hash to, as Subresource Integrity writes it (`sha384-…`); none in a site whose files keep their names.
    pub(crate) integrity: Option<String>,
}

impl SiteAsset {
    /// A file that keeps its name.
    fn unhashed(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            integrity: None,
        }
    }
}

impl Site {
    /// What the configuration asks for, if it is there.
    #[must_use]
    pub(crate) fn open(source: &SiteSource) -> Self {
        match source {
            SiteSource::Folder(folder) => Self::Folder(folder.clone()),
            SiteSource::Embedded => match embedded::load() {
                files if files.is_empty() => Self::Missing,
                files => Self::Embedded(Arc::new(files)),
            },
        }
    }

    /// What pages load. A site without `assets.json` is one that cargo-leptos built, with fixed names.
    #[must_use]
    pub(crate) fn assets(&self) -> Option<SiteAssets> {
        let read = |path: &str| match self {
            Self::Embedded(files) => files.get(path).map(|file| file.plain.to_vec()),
            Self::Folder(folder) => std::fs::read(folder.join(path.trim_start_matches('/'))).ok(),
            Self::Missing => None,
        };
        if let Some(assets) = read("/assets.json") {
            return serde_json::from_slice(&assets).ok();
        }
        read("/pkg/app.js")?;
        let wasm = if read("/pkg/app_bg.wasm").is_some() {
            "/pkg/app_bg.wasm"
        } else {
            "/pkg/app.wasm"
        };
        Some(SiteAssets {
            js: SiteAsset::unhashed("/pkg/app.js"),
            split: SiteAsset::unhashed("/pkg/__wasm_split.js"),
            wasm: SiteAsset::unhashed(wasm),
            css: SiteAsset::unhashed("/pkg/app.css"),
            build: "dev".to_owned(),
            manifest: None,
            parts: BTreeMap::new(),
        })
    }

    async fn find(&self, path: &str, accepted: encoding::Accepted) -> Option<Found> {
        match self {
            Self::Embedded(files) => files.get(path).map(|file| file.choose(path, accepted)),
            Self::Folder(folder) => folder::find(folder, path, accepted).await,
            Self::Missing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_building_are_understood() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let site = Site::Folder(folder.path().to_owned());
        assert_eq!(site.assets(), None);
        std::fs::create_dir(folder.path().join("pkg"))?;
        std::fs::write(folder.path().join("pkg/app.js"), "")?;
        assert_eq!(
            site.assets().map(|assets| assets.wasm.path).as_deref(),
            Some("/pkg/app.wasm")
        );
        let assets = r#"{"js":{"path":"/pkg/app.1.js"},"split":{"path":"/pkg/__wasm_split.1.js"},"wasm":{"path":"/pkg/app_bg.2.wasm"},
            "css":{"path":"/pkg/app.3.css"},"build":"b"}"#;
        std::fs::write(folder.path().join("assets.json"), assets)?;
        assert_eq!(
            site.assets().map(|assets| assets.wasm.path).as_deref(),
            Some("/pkg/app_bg.2.wasm")
        );
        Ok(())
    }
}
