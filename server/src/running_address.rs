//! Where the server of a data folder listens, for commands beside it: the shell that they are run in may have other settings than
//! the one that started the server.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::config::Config;

/// A file of the data folder, there as long as its server runs.
fn file(data: &Path) -> PathBuf {
    data.join("listening")
}

/// The note of a running server, removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Note {
    data: PathBuf,
    addr: SocketAddr,
}

impl Note {
    /// Notes where this server listens.
    ///
    /// # Errors
    /// Those of the file system. Commands then go by their own settings.
    pub(crate) fn write(data: &Path, addr: SocketAddr) -> io::Result<Self> {
        let new = data.join("listening.new");
        fs::write(&new, format!("{addr}\n"))?;
        fs::rename(new, file(data))?;
        Ok(Self {
            data: data.to_owned(),
            addr,
        })
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // One that was started since has written its own.
        if noted(&self.data) == Some(self.addr) {
            let _ = fs::remove_file(file(&self.data));
        }
    }
}

/// What the server of this folder noted. One that was killed leaves its note behind.
fn noted(data: &Path) -> Option<SocketAddr> {
    fs::read_to_string(file(data)).ok()?.trim().parse().ok()
}

/// Where the running server of this configuration listens: as it noted, else as the configuration says.
pub(crate) fn running_address(config: &Config) -> SocketAddr {
    noted(&config.data).unwrap_or(config.http.addr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Reader;

    #[test]
    fn o39_a_server_is_found_where_it_listens_and_not_where_a_shell_thinks() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_string_lossy();
        let config = Config::read(Reader::of(&[
            ("SEALDROP_DATA", &data),
            ("SEALDROP_ADDR", "127.0.0.1:3000"),
        ]));
        let config = config.expect("settings");
        let set: SocketAddr = config.http.addr;
        let (first, second) = (
            SocketAddr::from(([127, 0, 0, 1], 4001)),
            SocketAddr::from(([0, 0, 0, 0], 4002)),
        );
        assert_eq!(running_address(&config), set);
        let before = Note::write(folder.path(), first)?;
        assert_eq!(running_address(&config), first);
        let after = Note::write(folder.path(), second)?;
        drop(before);
        assert_eq!(running_address(&config), second, "the note of another one stays");
        drop(after);
        assert_eq!(running_address(&config), set);
        fs::write(file(folder.path()), "not an address")?;
        assert_eq!(running_address(&config), set);
        Ok(())
    }
}
