//! A real server with its embedded bucket, and the real command line, in folders that end with the test.

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub(crate) use sealdrop_test_support::installation::CommandOutput;
use sealdrop_test_support::installation::TestInstallation;

/// An installation whose server runs.
pub(crate) struct RunningInstallation {
    inner: TestInstallation,
    pub(crate) address: String,
}

impl RunningInstallation {
    /// Starts a server with these settings on a free port.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let inner = TestInstallation::new(None).expect("a temporary folder");
        let mut inner = inner.with_settings(settings);
        inner.start(None).expect("the server starts");
        let address = inner.address();
        Self { inner, address }
    }

    /// Another command of the server's, as an operator runs it.
    pub(crate) fn server_tool(&self, arguments: &[&str]) -> CommandOutput {
        let command = self.inner.server_tool(arguments);
        CommandOutput::from(command.expect("it is built").output().expect("it starts"))
    }

    pub(crate) fn kill(&mut self) {
        self.inner.kill().expect("it runs");
    }

    /// Kills the server with -9 and starts it again on the same port and data.
    pub(crate) fn kill_and_restart(&mut self) {
        self.inner.kill().expect("it runs");
        self.inner.start(None).expect("it starts again");
    }

    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.inner.path(name)
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.path("")
    }

    /// Writes a file to send.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let command = self.inner.cli(&self.address, arguments);
        command.expect("the command line is built")
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> CommandOutput {
        CommandOutput::from(self.command(arguments).output().expect("the command line starts"))
    }

    /// Runs a line of shell in which `$S` is the command line, to move standard streams as people do.
    #[cfg(unix)]
    pub(crate) fn shell(&self, line: &str) -> CommandOutput {
        let output = self
            .under("sh", ["-c", line])
            .env("S", env!("CARGO_BIN_EXE_sealdrop"))
            .output();
        CommandOutput::from(output.expect("a shell"))
    }

    /// Another program in the place of the command line, with its surroundings.
    #[cfg(unix)]
    pub(crate) fn under<S: AsRef<OsStr>>(&self, program: &str, arguments: impl IntoIterator<Item = S>) -> Command {
        let like = self.command::<&str>([]);
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in like.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// Sends and gives the link.
    pub(crate) fn send<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let said =
            self.run(std::iter::once("send".into()).chain(arguments.into_iter().map(|one| one.as_ref().to_owned())));
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(
            said.out.lines().count(),
            1,
            "only the link on standard output: {said:?}"
        );
        said.out.trim().to_owned()
    }

    /// Sends what is written to standard input.
    pub(crate) fn send_pipe(&self, bytes: &[u8], arguments: &[&str]) -> String {
        let mut child = self
            .command(["send", "-"].iter().chain(arguments))
            .stdin(Stdio::piped())
            .spawn()
            .expect("the command line starts");
        child
            .stdin
            .take()
            .expect("its input is ours")
            .write_all(bytes)
            .expect("it reads");
        let said = CommandOutput::from(child.wait_with_output().expect("it ends"));
        assert_eq!(said.code, 0, "{said:?}");
        said.out.trim().to_owned()
    }

    pub(crate) fn receive(&self, link: &str, folder: &str) -> CommandOutput {
        self.run(["receive", link, "-o", folder])
    }

    /// The files in which the bucket keeps parts, largest first.
    pub(crate) fn stored(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.path("data/blobs/data")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    files.push(path)
                }
            }
        }
        files.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).map_or(0, |about| about.len())));
        files
    }

    /// Lets every link's time be over, in the server's own database.
    pub(crate) fn expire_links(&self) {
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=10); \
                      c.execute('update links set expires_at = 1000'); c.commit()";
        let status = Command::new("python3")
            .args(["-c", script])
            .arg(self.path("data/sealdrop.db"))
            .status();
        assert!(status.expect("python3 runs").success());
    }
}

/// Bytes that do not repeat in the distance of a record.
pub(crate) fn content(len: usize) -> Vec<u8> {
    sealdrop_test_support::content(0, len)
}

/// The names in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The one folder in a folder, which several files were received into.
pub(crate) fn only(folder: &Path) -> PathBuf {
    let found = names(folder);
    assert_eq!(found.len(), 1, "one new folder: {found:?}");
    folder.join(&found[0])
}
