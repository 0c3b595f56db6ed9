//! What this machine remembers: per sent link its server and owner token, so that `revoke` works, and unfinished uploads
//! (`upload_journal.rs`). Never a sent link's secret: who reads this folder can close links and not open them.

use std::{fs, io, path::PathBuf};

use sealdrop_api::{LinkId, OwnerToken};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::environment;

/// The state folder.
#[derive(Debug)]
pub(crate) struct State(PathBuf);

/// A link that was sent from here.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SentLink {
    /// Version of this note.
    v: u32,
    /// Origin of the server.
    pub(crate) server: String,
    /// Owns the link.
    pub(crate) owner_token: OwnerToken,
}

impl State {
    /// The folder that the environment names, else the platform's.
    pub(crate) fn find() -> Option<Self> {
        if let Some(folder) = environment::state() {
            return Some(Self(PathBuf::from(folder)));
        }
        let base = directories::BaseDirs::new()?;
        let state = base.state_dir().unwrap_or_else(|| base.data_local_dir());
        Some(Self(state.join("sealdrop")))
    }

    /// Whether the environment names it: then it is wanted, and what cannot be used ends the run.
    pub(crate) fn is_named() -> bool {
        environment::state().is_some()
    }

    /// Makes sure that it can be written to.
    pub(crate) fn try_out(&self) -> io::Result<()> {
        let probe = self.folder("")?.join(format!("probe-{}", std::process::id()));
        write_private(&probe, b"")?;
        fs::remove_file(probe)
    }

    /// A folder inside, made if it is not there; only its owner may enter. Empty is the state folder itself.
    pub(crate) fn folder(&self, name: &str) -> io::Result<PathBuf> {
        make_private(&self.0)?;
        let folder = self.0.join(name);
        make_private(&folder)?;
        Ok(folder)
    }

    #[cfg(test)]
    pub(crate) const fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Remembers a link.
    pub(crate) fn remember(&self, link_id: LinkId, server: &str, owner_token: &OwnerToken) -> io::Result<()> {
        let folder = self.folder("sent")?;
        let note = SentLink {
            v: 1,
            server: server.to_owned(),
            owner_token: owner_token.clone(),
        };
        let text = serde_json::to_vec(&note)?;
        // Written beside and renamed: a crash leaves the old note or the new one.
        let path = folder.join(format!("{link_id}.json"));
        let beside = folder.join(format!("{link_id}.json.part"));
        write_private(&beside, &text)?;
        fs::rename(beside, path)
    }

    /// What is remembered of a link.
    pub(crate) fn recall(&self, link_id: LinkId) -> Option<SentLink> {
        let text = fs::read(self.path_of(link_id)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Everything that is remembered, newest first, with when it was written.
    pub(crate) fn all(&self) -> Vec<(LinkId, SentLink, Option<OffsetDateTime>)> {
        let Ok(folder) = fs::read_dir(self.0.join("sent")) else {
            return Vec::new();
        };
        let mut found: Vec<_> = folder
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name();
                let link_id: LinkId = name.to_str()?.strip_suffix(".json")?.parse().ok()?;
                let written = entry.metadata().and_then(|about| about.modified()).ok();
                Some((link_id, self.recall(link_id)?, written.map(OffsetDateTime::from)))
            })
            .collect();
        found.sort_by_key(|(_, _, written)| core::cmp::Reverse(*written));
        found
    }

    /// Forgets a link that is closed.
    pub(crate) fn forget(&self, link_id: LinkId) -> io::Result<()> {
        fs::remove_file(self.path_of(link_id))
    }

    fn path_of(&self, link_id: LinkId) -> PathBuf {
        self.0.join("sent").join(format!("{link_id}.json"))
    }
}

/// Makes a folder that only its owner may enter. An existing one keeps its permissions: its creator chose them.
pub(crate) fn make_private(folder: &std::path::Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    look_at_rights(folder)?;
    Ok(())
}

/// Refuses a folder in which anybody may put a key before this machine does, and says once that one may be looked into.
#[cfg(unix)]
fn look_at_rights(folder: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    static SAID: std::sync::Once = std::sync::Once::new();
    let mode = fs::metadata(folder)?.permissions().mode();
    let path = crate::text::escape(&crate::text::shown(folder));
    if mode & 0o002 != 0 {
        return Err(io::Error::other(format!(
            "everybody may write to {path} (chmod 700 makes it yours, or name another one)"
        )));
    }
    if mode & 0o077 != 0 {
        SAID.call_once(|| {
            crate::terminal::progress_bar::say(&format!(
                "Others may look into the state folder {path}. What is kept in it is for you only: chmod 700 makes it yours."
            ));
        });
    }
    Ok(())
}

pub(crate) fn write_private(path: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

/// A file that only its owner may read, made if it is not there, as it is if it is.
pub(crate) fn open_private(path: &std::path::Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_remembered_and_forgotten() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let state = State(folder.path().join("state"));
        let (id, token) = (LinkId([1; 16]), OwnerToken::new([2; 32]));
        assert!(state.recall(id).is_none());
        state.remember(id, "https://drop.example", &token)?;
        let note = state.recall(id).expect("just written");
        assert_eq!(
            (note.server.as_str(), note.owner_token),
            ("https://drop.example", token)
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&state.0)?.permissions().mode() & 0o777, 0o700);
            assert_eq!(fs::metadata(state.path_of(id))?.permissions().mode() & 0o777, 0o600);
        }
        let all = state.all();
        assert_eq!((all.len(), all[0].0, all[0].2.is_some()), (1, id, true));
        state.forget(id)?;
        assert!(state.recall(id).is_none() && state.all().is_empty());
        Ok(())
    }
}
