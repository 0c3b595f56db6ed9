//! The key pair of the bucket: made at the first start, kept in a file that only its owner may read.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::Path,
};

use zeroize::{Zeroize as _, Zeroizing};

use crate::error::Error;

/// Access key and secret of the bucket. Not `Clone`, wiped when dropped, silent in `Debug`.
pub struct Credentials {
    /// The name that signatures carry; no secret.
    pub access_key: String,
    /// The secret that signatures are made with.
    pub secret_key: String,
}

impl Credentials {
    /// A pair that comes from elsewhere.
    #[must_use]
    pub fn new(access_key: String, secret_key: String) -> Self {
        Self { access_key, secret_key }
    }

    /// Reads the pair from `path`, or makes one and keeps it there with mode 0600.
    ///
    /// # Errors
    /// [`Error::Io`] when the file can be neither read nor made, [`Error::Config`] when it holds something else or may
    /// be read by others than its owner.
    pub fn load_or_make(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        match fs::read_to_string(path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                check_private(path)?;
                parse(&text).ok_or_else(|| {
                    Error::Config(format!("{} does not hold the credentials of a bucket", path.display()))
                })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = Self::make()?;
                made.keep(path).map_err(Error::io(path))?;
                Ok(made)
            }
            Err(error) => Err(Error::io(path)(error)),
        }
    }

    fn make() -> Result<Self, Error> {
        let mut random = Zeroizing::new([0u8; 10 + 32]);
        getrandom::fill(random.as_mut_slice())
            .map_err(|error| Error::Config(format!("the system gave no randomness: {error}")))?;
        let (name, secret) = random.split_at(10);
        Ok(Self {
            access_key: hex::encode_upper(name),
            secret_key: hex::encode(secret),
        })
    }

    fn keep(&self, path: &Path) -> io::Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let mut aside = path.as_os_str().to_owned();
        aside.push(".new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&aside)?;
        // A file that a crash left aside keeps the mode it had.
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let text = Zeroizing::new(format!(
            "access_key={}\nsecret_key={}\n",
            self.access_key, self.secret_key
        ));
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&aside, path)?;
        fs::File::open(folder)?.sync_all()
    }
}

fn parse(text: &str) -> Option<Credentials> {
    let value = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .map(str::trim)
            .filter(|v| !v.is_empty())
    };
    Some(Credentials::new(
        value("access_key")?.to_owned(),
        value("secret_key")?.to_owned(),
    ))
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), Error> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).map_err(Error::io(path))?.permissions());
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::Config(format!(
        "{} may be read by others (mode {:o}): run `chmod 600` on it, or delete it to get new credentials",
        path.display(),
        mode & 0o777
    )))
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), Error> {
    Ok(())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key", &self.access_key)
            .field("secret_key", &"[redacted]")
            .finish()
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        self.secret_key.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_private_and_read_again() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("below/credentials");
        let made = Credentials::load_or_make(&path)?;
        let read = Credentials::load_or_make(&path)?;
        assert_eq!(
            (&made.access_key, &made.secret_key),
            (&read.access_key, &read.secret_key)
        );
        assert_eq!((made.access_key.len(), made.secret_key.len()), (20, 64));
        assert!(!format!("{made:?}").contains(&made.secret_key));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
            assert!(matches!(Credentials::load_or_make(&path), Err(Error::Config(text)) if text.contains("chmod 600")));
        }
        Ok(())
    }

    #[test]
    fn another_file_is_refused_and_left_alone() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("credentials");
        Credentials::new("A".into(), String::new()).keep(&path)?;
        assert!(matches!(Credentials::load_or_make(&path), Err(Error::Config(_))));
        assert_eq!(fs::read_to_string(&path)?, "access_key=A\nsecret_key=\n");
        Ok(())
    }
}
