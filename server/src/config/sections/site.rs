//! Where the built web app comes from.

use std::path::PathBuf;

use url::Url;

use crate::config::{reader::Reader, variable::Variable};

/// Section of the web app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteSource {
    /// What was put into the binary when it was built, if anything was.
    Embedded,
    /// A folder, read at every request.
    Folder(PathBuf),
}

static FOLDER: Variable = Variable {
    name: "SEALDROP_SITE",
    default: "",
    secret: false,
    about: "Folder of the built web app, such as `target/site`. Unset: what the binary carries.",
};

static SOURCE_URL: Variable = Variable {
    name: "SEALDROP_SOURCE_URL",
    default: "",
    secret: false,
    about: "Where the source code of this server is published, such as `https://git.example.org/sealdrop`. Pages link to it, and `/cli` clones from it. Unset: no page names a source.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[&FOLDER, &SOURCE_URL];

/// The published source, if it was set.
pub(in crate::config) fn source_url(reader: &mut Reader) -> Option<String> {
    reader.parsed(&SOURCE_URL, address)
}

fn address(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty());
    // Pages show it inside a command line: what the parser escapes is the only form of it that is used.
    url.map(|url| Some(url.as_str().trim_end_matches('/').to_owned()))
        .ok_or_else(|| "expected a URL, such as https://git.example.org/sealdrop".to_owned())
}

impl SiteSource {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let Some(folder) = reader.given(&FOLDER).map(PathBuf::from) else {
            return Self::Embedded;
        };
        if !folder.is_dir() {
            reader.problem(
                &FOLDER,
                &format!("{} is no folder; build the web app with `make site`", folder.display()),
            );
        }
        Self::Folder(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_an_address_of_the_web() {
        assert_eq!(address(""), Ok(None));
        assert_eq!(
            address("https://git.example.org/sealdrop/"),
            Ok(Some("https://git.example.org/sealdrop".to_owned()))
        );
        for wrong in ["git.example.org", "javascript:alert(1)", "ssh://git@x/y", "https://"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
