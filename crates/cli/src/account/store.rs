//! Where access tokens are kept: a file for each server in the state folder, which only its owner may read.

use std::{fs, io, path::PathBuf};

use super::kept::Kept;
use crate::{
    append_log::name_of,
    failure::Failure,
    state::{State, write_private},
};

/// Where they are.
const FOLDER: &str = "accounts";

/// What is kept for a server, by its origin.
///
/// # Errors
/// When there is something that cannot be read: who is signed in does not send as a guest without knowing.
pub(crate) fn find(server: &str) -> Result<Option<Kept>, Failure> {
    let Some(state) = State::find() else { return Ok(None) };
    read(&state, server).map_err(|error| {
        Failure::other(format!(
            "The access token for {server} cannot be read: {error}. Sign in again with `sealdrop login --server {server}`."
        ))
    })
}

/// Everything that is kept and can be read, in the order of the servers.
pub(crate) fn all() -> Vec<Kept> {
    let folder = State::find().and_then(|state| state.folder(FOLDER).ok());
    let entries = folder
        .and_then(|folder| fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .flatten();
    let read = |entry: fs::DirEntry| serde_json::from_slice(&fs::read(entry.path()).ok()?).ok();
    let mut kept: Vec<Kept> = entries
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "json"))
        .filter_map(read)
        .collect();
    kept.sort_by(|one, other| one.server.cmp(&other.server));
    kept
}

/// Makes sure that one can be kept, before anything is asked for.
pub(crate) fn can_keep() -> io::Result<()> {
    here()?.try_out()
}

/// Keeps it in place of an earlier one.
pub(crate) fn keep(kept: &Kept) -> io::Result<()> {
    write(&here()?, kept)
}

fn here() -> io::Result<State> {
    State::find().ok_or_else(|| io::Error::other("there is no home folder; set SEALDROP_STATE"))
}

/// Forgets what is kept for a server.
pub(crate) fn forget(server: &str) -> io::Result<()> {
    let Some(state) = State::find() else { return Ok(()) };
    match fs::remove_file(path_of(&state, server)?) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn read(state: &State, server: &str) -> io::Result<Option<Kept>> {
    let text = match fs::read(path_of(state, server)?) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // What serde says of it might quote it.
    let kept: Kept = serde_json::from_slice(&text).map_err(|_| io::Error::other("the file is damaged"))?;
    Ok(Some(kept).filter(|kept| kept.server == server))
}

fn write(state: &State, kept: &Kept) -> io::Result<()> {
    let path = path_of(state, &kept.server)?;
    // Written beside and renamed: a crash leaves the old one or the new one.
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    write_private(&beside, &serde_json::to_vec(kept)?)?;
    fs::rename(beside, path)
}

fn path_of(state: &State, server: &str) -> io::Result<PathBuf> {
    let name = name_of(&[server.as_bytes()]);
    Ok(state.folder(FOLDER)?.join(format!("{name}.json")))
}

#[cfg(test)]
mod tests {
    use sealdrop_api::AccessToken;

    use super::*;

    #[test]
    fn a_token_is_kept_for_its_server_in_a_private_file() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let state = State::at(folder.path().join("state"));
        let (here, there) = ("https://drop.example", "https://other.example");
        assert!(read(&state, here)?.is_none());
        let token = AccessToken::new([7; 32]);
        write(&state, &Kept::new(here, Some("ann@x.test".to_owned()), token.clone()))?;
        let kept = read(&state, here)?.expect("just written");
        assert_eq!((kept.email.as_deref(), kept.token), (Some("ann@x.test"), token));
        assert!(read(&state, there)?.is_none());
        let path = path_of(&state, here)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        }
        // The file of another server in its place is none.
        fs::copy(&path, path_of(&state, there)?)?;
        assert!(read(&state, there)?.is_none());
        fs::write(&path, "{\"token\":\"sd_secret\"}")?;
        let error = read(&state, here).err().expect("damaged").to_string();
        assert!(!error.contains("secret"), "{error}");
        Ok(())
    }
}
