//! Where the built web app comes from.

use std::path::PathBuf;

use super::{Reader, Variable};

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

pub(super) static VARIABLES: &[&Variable] = &[&FOLDER];

impl SiteSource {
    pub(super) fn read(reader: &mut Reader) -> Self {
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
