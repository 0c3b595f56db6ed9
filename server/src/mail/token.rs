//! The operator's token: who can read it may read what the data folder holds, and so the mails that stay in memory.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

/// A file of the data folder, made anew at each start that has something to show.
pub(crate) fn token_file(data: &Path) -> PathBuf {
    data.join("operator-token")
}

/// The hash of the token that this process takes.
#[derive(Clone)]
pub(crate) struct OperatorToken([u8; 32]);

impl OperatorToken {
    /// Makes a token, and writes it where its owner alone can read it.
    ///
    /// # Errors
    /// Those of the file system.
    pub(crate) fn make(data: &Path) -> io::Result<Self> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let token = Base64UrlUnpadded::encode_string(&random);
        let (path, new) = (token_file(data), data.join("operator-token.new"));
        // One that a crash left may have other rights.
        let _ = fs::remove_file(&new);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&new)?.write_all(token.as_bytes())?;
        fs::rename(new, path)?;
        Ok(Self(Sha256::digest(token.as_bytes()).into()))
    }

    /// Whether this is it. Hashes are compared, so that time tells nothing of the token.
    pub(crate) fn is(&self, given: &str) -> bool {
        <[u8; 32]>::from(Sha256::digest(given.as_bytes())) == self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_anew_and_private() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("operator-token.new"), "left by a crash")?;
        let first = OperatorToken::make(folder.path())?;
        let text = fs::read_to_string(token_file(folder.path()))?;
        assert!(first.is(&text) && !first.is("") && text.len() == 43);
        let second = OperatorToken::make(folder.path())?;
        assert!(!second.is(&text));
        #[cfg(unix)]
        {
            let mode = fs::metadata(token_file(folder.path()))?.permissions();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
        }
        Ok(())
    }
}
