//! What the server says of this site, as contexts: its built files, its address, its source.

use std::collections::BTreeMap;

/// One built file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asset {
    /// Its path, under its hashed name.
    pub path: String,
    /// What it must hash to: `sha384-…`, as Subresource Integrity writes it. Browsers load nothing else. Not known of a file that a
    /// developer's tool builds anew all the time.
    pub integrity: Option<String>,
}

impl Asset {
    /// A file at a path with its hash.
    #[must_use]
    pub const fn new(path: String, integrity: Option<String>) -> Self {
        Self { path, integrity }
    }
}

/// Where a server has the manifest of its site: every file with its SHA-256, and what a page loads and runs.
pub const MANIFEST_PATH: &str = "/manifest-sha256.json";

/// The built files of a page; the server provides it as context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    /// The JavaScript that loads the program.
    pub js: Asset,
    /// The JavaScript that loads the parts of the program.
    pub split: Asset,
    /// The program, without these parts.
    pub wasm: Asset,
    /// The style sheet.
    pub css: Asset,
    /// The name of this build, for comparing.
    pub build: String,
    /// SHA-256 of the manifest that says what this build consists of, in hexadecimal. None where a developer's tool builds.
    pub manifest: Option<String>,
    /// The files of each part.
    pub parts: BTreeMap<String, Vec<Asset>>,
}

/// How the server is known outside; the server provides it as context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Scheme and authority that the reader used, without a slash at the end. Preview programs need whole addresses.
    pub origin: Option<String>,
    /// The origin of links and that of everything else, where these differ.
    pub link_origin: Option<LinkOrigin>,
    /// Where the source of this server is published.
    pub source_url: Option<String>,
    /// Whether plans are sold.
    pub sells: Option<Sells>,
    /// Who runs this server, as its operator says it.
    pub operator: Option<String>,
    /// Where abuse is reported to the operator: an address of the web, or `mailto:`.
    pub abuse_contact: Option<String>,
}

impl Surroundings {
    /// What of it the program reads, by the names of elements in the head of a page.
    pub(crate) fn said(&self) -> [(&'static str, Option<String>); 6] {
        let (links, app) = match self.link_origin.clone() {
            Some(LinkOrigin { links, app }) => (Some(links), Some(app)),
            None => (None, None),
        };
        [
            ("sealdrop-source", self.source_url.clone()),
            ("sealdrop-operator", self.operator.clone()),
            ("sealdrop-abuse", self.abuse_contact.clone()),
            ("sealdrop-links", links),
            ("sealdrop-app", app),
            ("sealdrop-plans", self.sells.map(|sells| sells.name().to_owned())),
        ]
    }
}

/// Two origins of one server, each without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOrigin {
    /// Where links are opened.
    pub links: String,
    /// Where everything else is.
    pub app: String,
}

/// How plans are sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sells {
    /// For money.
    Live,
    /// The payment provider is in its test mode: no money moves.
    Test,
}

impl Sells {
    /// Its name in the head of a page.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}
