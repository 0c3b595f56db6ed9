//! The secret that codes are derived from, and what is derived from it.

use std::{fmt, fs, io, io::Write as _, path::Path, sync::Arc};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a secret at least.
const MIN_LEN: usize = 32;

/// The secret that codes are derived from (decision 17). It is in no database: who reads that has no code. Cheap to clone.
#[derive(Clone)]
pub struct AuthSecret(Arc<Zeroizing<Vec<u8>>>);

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthSecretError {
    /// The system gives no randomness.
    #[error("the system gave no randomness: {0}")]
    Random(getrandom::Error),
    /// It can be guessed.
    #[error("a secret for sign-in has at least 32 bytes")]
    TooShort,
    /// Others than the owner may read its file.
    #[error("{0} may be read by others (mode {1:o}): run `chmod 600` on it, or delete it to get a new one")]
    OpenToOthers(String, u32),
    /// Its file cannot be read or made.
    #[error("{0}: {1}")]
    File(String, #[source] io::Error),
}

impl AuthSecret {
    /// Takes a secret that the operator made.
    ///
    /// # Errors
    /// [`AuthSecretError::TooShort`].
    pub fn new(text: &str) -> Result<Self, AuthSecretError> {
        if text.len() < MIN_LEN {
            return Err(AuthSecretError::TooShort);
        }
        Ok(Self(Arc::new(Zeroizing::new(text.as_bytes().to_vec()))))
    }

    /// A new one.
    ///
    /// # Errors
    /// [`AuthSecretError::Random`].
    pub fn random() -> Result<Self, AuthSecretError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(AuthSecretError::Random)?;
        Self::new(&hex(bytes.as_slice()))
    }

    /// Reads a file, or makes it with a new secret, readable by its owner only.
    ///
    /// # Errors
    /// When it cannot be read or made, may be read by others, or holds too little.
    pub fn load_or_make(path: &Path) -> Result<Self, AuthSecretError> {
        let at = |error| AuthSecretError::File(path.display().to_string(), error);
        match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::random()?.keep(path).map_err(at)?;
                // Another process may have been first: its secret is the one.
                Self::read(&fs::read_to_string(path).map_err(at)?, path)
            }
            read => Self::read(&read.map_err(at)?, path),
        }
    }

    fn read(text: &str, path: &Path) -> Result<Self, AuthSecretError> {
        check_private(path)?;
        Self::new(text.trim())
    }

    /// Whole or not at all, and never over one that is there.
    fn keep(&self, path: &Path) -> io::Result<()> {
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".{}", std::process::id()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&aside)?;
        file.write_all(&self.0)?;
        file.sync_all()?;
        match fs::hard_link(&aside, path) {
            Ok(()) => fs::remove_file(&aside),
            Err(_) if path.exists() => fs::remove_file(&aside),
            // Not every file system has links.
            Err(_) => fs::rename(&aside, path),
        }
    }

    /// HMAC-SHA256 of the parts, each behind its length: no two lists of parts are the same message.
    pub(crate) fn sum(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// What stands in a row for something that can be guessed, such as an address of the network: 16 bytes.
    pub(super) fn tag(&self, kind: &str, what: &str) -> Vec<u8> {
        self.sum(&format!("sealdrop/1/tag/{kind}"), &[what.as_bytes()])[..16].to_vec()
    }
}

impl fmt::Debug for AuthSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthSecret(redacted)")
    }
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), AuthSecretError> {
    let name = || path.display().to_string();
    let about = fs::metadata(path).map_err(|error| AuthSecretError::File(name(), error))?;
    let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions());
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(AuthSecretError::OpenToOthers(name(), mode & 0o777))
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), AuthSecretError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_is_its_owners() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("auth-secret");
        let (made, read) = (AuthSecret::load_or_make(&path)?, AuthSecret::load_or_make(&path)?);
        assert_eq!(made.sum("x", &[]), read.sum("x", &[]));
        assert_eq!(fs::read_dir(folder.path())?.count(), 1, "nothing is left aside");
        // One that is there is never replaced.
        AuthSecret::random()?.keep(&path)?;
        assert_eq!(AuthSecret::load_or_make(&path)?.sum("x", &[]), made.sum("x", &[]));
        assert!(!format!("{made:?}").contains(&fs::read_to_string(&path)?));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
            assert!(matches!(
                AuthSecret::load_or_make(&path),
                Err(AuthSecretError::OpenToOthers(..))
            ));
        }
        Ok(())
    }

    #[test]
    fn what_can_be_guessed_is_no_secret() {
        assert!(matches!(AuthSecret::new("swordfish"), Err(AuthSecretError::TooShort)));
        assert!(AuthSecret::new(&"x".repeat(32)).is_ok());
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let secret = AuthSecret::new(&"x".repeat(32)).expect("long enough");
        assert_ne!(secret.sum("p", &[b"ab", b"c"]), secret.sum("p", &[b"a", b"bc"]));
        assert_ne!(secret.sum("p", &[b"ab"]), secret.sum("pa", &[b"b"]));
    }
}
