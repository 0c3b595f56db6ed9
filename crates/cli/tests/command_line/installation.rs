//! A real server with its embedded bucket, and the real command line, in folders that end with the test.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// A running server, ended when dropped.
pub(crate) struct TestInstallation {
    server: Child,
    pub(crate) address: String,
    pub(crate) folder: TempDir,
}

impl TestInstallation {
    /// Starts a server with these settings on a free port.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let (server, address) = start(folder.path(), "127.0.0.1:0", settings);
        Self {
            server,
            address,
            folder,
        }
    }

    /// Kills the server with -9 and starts it again on the same port and data.
    pub(crate) fn kill_and_restart(&mut self) {
        self.server.kill().expect("it runs");
        self.server.wait().expect("it ended");
        let port = self.address.trim_start_matches("http://").to_owned();
        (self.server, self.address) = start(self.folder.path(), &port, &[]);
    }

    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file to send.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealdrop"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("SEALDROP_SERVER", &self.address)
            .env("SEALDROP_STATE", self.path("state"))
            .env_remove("SEALDROP_PASSWORD")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        Said::from(self.command(arguments).output().expect("the command line starts"))
    }

    /// Runs a line of shell in which `$S` is the command line, to move standard streams as people do.
    #[cfg(unix)]
    pub(crate) fn shell(&self, line: &str) -> Said {
        let output = self
            .under("sh", ["-c", line])
            .env("S", env!("CARGO_BIN_EXE_sealdrop"))
            .output();
        Said::from(output.expect("a shell"))
    }

    /// Another program in the place of the command line, with its surroundings.
    #[cfg(unix)]
    pub(crate) fn under<S: AsRef<OsStr>>(&self, program: &str, arguments: impl IntoIterator<Item = S>) -> Command {
        let like = self.command::<&str>([]);
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
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
        let said = Said::from(child.wait_with_output().expect("it ends"));
        assert_eq!(said.code, 0, "{said:?}");
        said.out.trim().to_owned()
    }

    pub(crate) fn receive(&self, link: &str, folder: &str) -> Said {
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

/// A server on its data in this folder, and the address that it says.
fn start(folder: &Path, listen: &str, settings: &[(&str, &str)]) -> (Child, String) {
    let binary = Path::new(env!("CARGO_BIN_EXE_sealdrop")).with_file_name("sealdrop-server");
    assert!(binary.exists(), "the server is needed: cargo build -p sealdrop-server");
    let mut server = Command::new(binary)
        .arg("serve")
        .current_dir(folder)
        .env("SEALDROP_ADDR", listen)
        .env("SEALDROP_DATA", folder.join("data"))
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut said = BufReader::new(server.stdout.take().expect("its output is ours"));
    let address = loop {
        let mut line = String::new();
        assert!(
            said.read_line(&mut line).expect("it speaks") > 0,
            "the server ended before it was ready"
        );
        if let Some(at) = line.find("http://") {
            break line[at..].trim().trim_end_matches('/').to_owned();
        }
    };
    // What it says later is read and dropped, so that it never waits for a reader.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    (server, address)
}

impl Drop for TestInstallation {
    fn drop(&mut self) {
        // It may have ended already: then there is nothing to end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Said {
    /// Ended without a failure.
    pub(crate) fn ended_well(&self) {
        assert_eq!(self.code, 0, "{self:?}");
    }

    /// Ended with this code, with a sentence that holds these words.
    pub(crate) fn ended(&self, code: i32, words: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(words), "{words:?} in {self:?}");
        assert!(self.err.trim_end().ends_with('.'), "a sentence: {self:?}");
    }
}

/// Bytes that do not repeat in the distance of a record.
pub(crate) fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8).collect()
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
