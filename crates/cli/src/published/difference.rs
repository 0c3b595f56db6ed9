//! What is found where a server does not serve the published page.

use serde::Serialize;

/// What a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The server says that it serves another build.
    Build,
    /// A page runs, loads or contains what the published one does not, or lacks what it has.
    Page,
    /// The headers of a page allow what those of the published one do not.
    Headers,
    /// A file has other bytes.
    File,
    /// A file is not there.
    Missing,
    /// The answer leads elsewhere.
    Redirect,
    /// The manifest that the server shows is another one.
    Manifest,
}

impl Kind {
    /// What it means for a visitor of the page.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Build => {
                "The server serves another version than the manifest is of. This alone is no sign of harm: compare with the manifest of that version."
            }
            Self::Page => {
                "A browser would run or load something that the release does not, or without the check that the release asks for."
            }
            Self::Headers => {
                "A protection of the release is missing or weaker, or the answer makes a browser load or do more."
            }
            Self::File => {
                "The program, its style or a picture is another one than in the release. An altered program can read files and keys."
            }
            Self::Missing => "The page cannot load a part of the release, or another version is served.",
            Self::Redirect => "A visitor is sent to another place, which was not looked at.",
            Self::Manifest => "The server tells visitors that another page is the published one.",
        }
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    /// In words; parts of it are the server's.
    pub(crate) text: String,
}

impl Difference {
    pub(super) fn new(path: &str, kind: Kind, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            kind,
            text: text.into(),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) differences: Vec<Difference>,
    /// Paths without an answer, and why.
    pub(crate) unanswered: Vec<(String, String)>,
    /// Where the pages may send data besides the server itself, as their policies say.
    pub(crate) may_talk_to: Vec<String>,
    pub(crate) pages: usize,
    pub(crate) files: usize,
}
