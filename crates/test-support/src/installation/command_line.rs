//! The command line as a process, and what it wrote.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context as _, ensure};

/// The command line, with a state of its own in a folder.
#[derive(Debug, Clone)]
pub struct CommandLine {
    pub(super) binary: PathBuf,
    pub(super) folder: PathBuf,
}

impl CommandLine {
    /// The one that was built beside the running program, in a folder.
    ///
    /// # Errors
    /// If it was not built.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            binary: binary("sealdrop")?,
            folder: folder.to_owned(),
        })
    }

    /// A command that uses this server.
    #[must_use]
    pub fn command<S: AsRef<OsStr>>(&self, server: &str, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("SEALDROP_SERVER", server)
            .env("SEALDROP_STATE", self.path("state"))
            .env_remove("SEALDROP_PASSWORD")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// A path in the folder.
    #[must_use]
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.join(name)
    }
}

/// A binary of this workspace, built beside the running program or test (in `deps`).
pub(crate) fn binary(name: &str) -> anyhow::Result<PathBuf> {
    let asking = std::env::current_exe()?;
    let folders = [asking.parent(), asking.parent().and_then(Path::parent)];
    let found = folders.iter().flatten().map(|folder| folder.join(name));
    found
        .into_iter()
        .find(|path| path.exists())
        .with_context(|| format!("{name} is needed: cargo build -p sealdrop-server -p sealdrop-cli"))
}

/// Exit code, standard output and standard error of a command.
#[derive(Debug)]
pub struct CommandOutput {
    /// Exit code; -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl CommandOutput {
    /// The link, of a sending that ended well.
    ///
    /// # Errors
    /// What it said, if it did not.
    pub fn link(&self) -> anyhow::Result<&str> {
        Ok(self.out_of("sending")?.trim())
    }

    /// Standard output, of something that ended well.
    ///
    /// # Errors
    /// What it said, if it did not.
    pub fn out_of(&self, what: &str) -> anyhow::Result<&str> {
        ensure!(self.code == 0, "{what} ended with {}: {}", self.code, self.err);
        Ok(&self.out)
    }

    /// Expects exit code 0.
    ///
    /// # Panics
    /// If it ended otherwise.
    pub fn ended_well(&self) {
        assert_eq!(self.code, 0, "{self:?}");
    }

    /// Expects this exit code, and a sentence on standard error that contains these words.
    ///
    /// # Panics
    /// If it ended otherwise.
    pub fn ended(&self, code: i32, words: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(words), "{words:?} in {self:?}");
        assert!(self.err.trim_end().ends_with('.'), "a sentence: {self:?}");
    }
}
