//! A real server and the real command line in a folder of their own, as processes that can be killed.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io,
    net::{SocketAddr, TcpListener},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;

use crate::s3::{Endpoint, ServerKind};

const READY_IN: Duration = Duration::from_secs(20);
const SIGKILL: i32 = 9;

/// The folder, the port and the database stay; the server comes and goes.
#[derive(Debug)]
pub struct House {
    folder: TempDir,
    listen: SocketAddr,
    /// Of the server; SQLite in its data folder if there is none.
    database: Option<String>,
    server: Option<Child>,
    /// Which server it is; the one that was built beside the test if nothing is said.
    other_server: Option<PathBuf>,
}

impl House {
    /// An empty house on a port that is free at this moment.
    ///
    /// # Errors
    /// If there is no folder or no port.
    pub fn new(database: Option<String>) -> io::Result<Self> {
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self {
            folder: TempDir::new()?,
            listen,
            database,
            server: None,
            other_server: None,
        })
    }

    /// The house of another server, such as that of an older version.
    #[must_use]
    pub fn of_server(mut self, binary: Option<PathBuf>) -> Self {
        self.other_server = binary;
        self
    }

    fn server_binary(&self) -> anyhow::Result<PathBuf> {
        match &self.other_server {
            Some(other) => Ok(other.clone()),
            None => binary("sealdrop-server"),
        }
    }

    /// Starts the server, if a failpoint does not end it before it is ready.
    ///
    /// # Errors
    /// If it can neither be started nor ends by that.
    pub fn start(&mut self, failpoint: Option<&str>) -> anyhow::Result<()> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.path("server.log"))?;
        let mut command = self.server_command(self.server_binary()?);
        command.arg("serve").env("SEALDROP_ADDR", self.listen.to_string());
        if let Some(failpoint) = failpoint {
            command.env("FAILPOINT", failpoint);
        }
        let child = command.stdout(Stdio::null()).stderr(log).spawn()?;
        self.server = Some(child);
        let end = Instant::now() + READY_IN;
        while std::net::TcpStream::connect(self.listen).is_err() {
            if self.was_killed()? {
                return Ok(());
            }
            ensure!(Instant::now() < end, "the server is not ready: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn server_command(&self, binary: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(binary);
        command
            .current_dir(self.folder.path())
            .env_remove("FAILPOINT")
            .env("SEALDROP_DATA", self.path("data"))
            .env("SEALDROP_LOG", "info")
            .stdin(Stdio::null());
        if let Some(url) = &self.database {
            command.env("DATABASE_URL", url);
        }
        command
    }

    /// Whether the server ended by signal 9.
    ///
    /// # Errors
    /// If it ended in another way.
    pub fn was_killed(&mut self) -> anyhow::Result<bool> {
        let Some(server) = &mut self.server else {
            return Ok(false);
        };
        let Some(status) = server.try_wait()? else {
            return Ok(false);
        };
        if status.signal() != Some(SIGKILL) {
            bail!("the server ended with {status}: {}", self.log());
        }
        Ok(true)
    }

    /// Waits for a server that a failpoint ends.
    ///
    /// # Errors
    /// If it did not end so in time.
    pub fn wait_killed(&mut self, within: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + within;
        while !self.was_killed()? {
            ensure!(Instant::now() < end, "the failpoint was never reached");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Asks the server to end, and waits.
    ///
    /// # Errors
    /// If it does not.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        let told = Command::new("kill").arg(server.id().to_string()).status()?;
        ensure!(told.success(), "the server cannot be told to stop");
        server.wait()?;
        Ok(())
    }

    /// One pass of the background jobs as if so many days had gone by. The server must not run.
    ///
    /// # Errors
    /// If a job failed.
    pub fn reap_in(&self, days: u32) -> anyhow::Result<String> {
        let mut command = self.server_command("faketime");
        let said = command
            .args(["-f", &format!("+{days}d")])
            .arg(self.server_binary()?)
            .args(["reap", "--trust-clock"])
            // Only dates move: timers keep their time.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .output()
            .context("faketime runs (Debian's package faketime)")?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let errors = String::from_utf8_lossy(&said.stderr);
        ensure!(said.status.success(), "the reaper failed: {text} {errors}");
        Ok(text)
    }

    /// The command line, told to use this server.
    ///
    /// # Errors
    /// If it was not built.
    pub fn cli<S: AsRef<OsStr>>(
        &self,
        server: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> anyhow::Result<Command> {
        Ok(self.command_line()?.command(server, arguments))
    }

    /// The command line in this folder, for whoever uses it beside the house.
    ///
    /// # Errors
    /// If it was not built.
    pub fn command_line(&self) -> anyhow::Result<CommandLine> {
        Ok(CommandLine {
            binary: binary("sealdrop")?,
            folder: self.folder.path().to_owned(),
        })
    }

    /// The command line on a machine whose clock is wrong by this much, such as `+25h`.
    ///
    /// # Errors
    /// If it was not built.
    pub fn cli_at<S: AsRef<OsStr>>(
        &self,
        offset: &str,
        server: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> anyhow::Result<Command> {
        let real = self.cli(server, arguments)?;
        let mut command = Command::new("faketime");
        command
            .args(["-f", offset])
            .arg(real.get_program())
            .args(real.get_args());
        for (name, value) in real.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command)
    }

    /// Where the server listens.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// The server's process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Child::id)
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// A path in the folder.
    #[must_use]
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The embedded bucket, which is reached while the server runs.
    ///
    /// # Errors
    /// If it has no key pair yet.
    pub fn endpoint(&self) -> anyhow::Result<Endpoint> {
        let keys = sealdrop_local_s3::Credentials::load_or_make(self.path("data/bucket-credentials"))?;
        Ok(Endpoint {
            kind: ServerKind::Local,
            url: self.address(),
            bucket: "blobs".to_owned(),
            region: "us-east-1".to_owned(),
            access_key: keys.access_key.clone(),
            secret_key: keys.secret_key.clone(),
        })
    }

    /// Where the books are.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", self.path("data/sealdrop.db").display()),
        }
    }

    /// The end of what the server wrote.
    #[must_use]
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.path("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// The command line, with a state of its own in a folder.
#[derive(Debug, Clone)]
pub struct CommandLine {
    binary: PathBuf,
    folder: PathBuf,
}

impl CommandLine {
    /// It, told to use this server.
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

impl Drop for House {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may have ended already: then there is nothing to end.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// A binary that was built before, beside the program or the test (in `deps`) that asks.
fn binary(name: &str) -> anyhow::Result<PathBuf> {
    let asking = std::env::current_exe()?;
    let folders = [asking.parent(), asking.parent().and_then(Path::parent)];
    let found = folders.iter().flatten().map(|folder| folder.join(name));
    found
        .into_iter()
        .find(|path| path.exists())
        .with_context(|| format!("{name} is needed: cargo build -p sealdrop-server -p sealdrop-cli"))
}

/// What a command said: its code, standard output and standard error.
#[derive(Debug)]
pub struct Said {
    /// Exit code; -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
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
}
