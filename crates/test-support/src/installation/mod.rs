//! A real server and the real command line in a folder of their own, as processes that can be killed.

mod command_line;

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;

use crate::s3::{Endpoint, ServerKind};
pub(crate) use command_line::binary;

pub use command_line::{CommandLine, CommandOutput};

const READY_IN: Duration = Duration::from_secs(20);
const SIGKILL: i32 = 9;

/// A data folder, a port and a database that stay while the server is started, stopped and killed. Ended when dropped.
#[derive(Debug)]
pub struct TestInstallation {
    folder: TempDir,
    /// Port 0 until the server has started once.
    listen: SocketAddr,
    /// URL of the database; `None` is SQLite in the data folder.
    database: Option<String>,
    /// More settings of the server, as environment variables.
    settings: Vec<(String, String)>,
    server: Option<Child>,
    /// Arguments of `serve`.
    serving: Vec<String>,
    /// Binary of the server; `None` is the one that was built beside the test.
    other_server: Option<PathBuf>,
}

impl TestInstallation {
    /// An empty installation whose server does not run yet.
    ///
    /// # Errors
    /// If there is no folder.
    pub fn new(database: Option<String>) -> io::Result<Self> {
        Ok(Self {
            folder: TempDir::new()?,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            database,
            settings: Vec::new(),
            serving: Vec::new(),
            server: None,
            other_server: None,
        })
    }

    /// Adds settings of the server.
    #[must_use]
    pub fn with_settings(mut self, settings: &[(&str, &str)]) -> Self {
        let settings = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.settings.extend(settings);
        self
    }

    /// Serves with these arguments.
    #[must_use]
    pub fn serving_with(mut self, arguments: &[&str]) -> Self {
        self.serving.extend(arguments.iter().map(|one| (*one).to_owned()));
        self
    }

    /// Uses another server, such as one of an older version.
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

    /// Starts the server, on the port of its first start, and waits until it says that it is ready or a failpoint kills it.
    ///
    /// # Errors
    /// If it cannot be started, or ends by anything but the failpoint.
    pub fn start(&mut self, failpoint: Option<&str>) -> anyhow::Result<()> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.path("server.log"))?;
        let mut command = self.server_command(self.server_binary()?);
        command
            .arg("serve")
            .args(&self.serving)
            .env("SEALDROP_ADDR", self.listen.to_string());
        if let Some(failpoint) = failpoint {
            command.env("FAILPOINT", failpoint);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn()?;
        let output = child.stdout.take().context("its output is piped")?;
        self.server = Some(child);
        match address_in(output) {
            Ok(address) => self.listen = address,
            Err(RecvTimeoutError::Timeout) => bail!("the server is not ready: {}", self.log()),
            // It ended before it was ready.
            Err(RecvTimeoutError::Disconnected) => self.wait_killed(READY_IN)?,
        }
        Ok(())
    }

    /// Another command of the server's binary, as an operator runs it beside the server.
    ///
    /// # Errors
    /// If it was not built.
    pub fn server_tool(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = self.server_command(self.server_binary()?);
        command.args(arguments).env("SEALDROP_ADDR", self.listen.to_string());
        Ok(command)
    }

    fn server_command(&self, binary: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(binary);
        command
            .current_dir(self.folder.path())
            .env_remove("FAILPOINT")
            .env("SEALDROP_DATA", self.path("data"))
            .env("SEALDROP_LOG", "info")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
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

    /// Kills the server with -9.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut server) = self.server.take() {
            server.kill()?;
            server.wait()?;
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
        ensure!(told.success(), "the server cannot be signalled");
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

    /// A command of the command line that uses this server.
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

    /// The command line in this folder.
    ///
    /// # Errors
    /// If it was not built.
    pub fn command_line(&self) -> anyhow::Result<CommandLine> {
        CommandLine::in_folder(self.folder.path())
    }

    /// A command of the command line whose clock is wrong by this much, such as `+25h`.
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

    /// URL of the database.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", self.path("data/sealdrop.db").display()),
        }
    }

    /// The last lines of the server's log.
    #[must_use]
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.path("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for TestInstallation {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may have ended already: then there is nothing to end.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Reads the address that a server prints when it is ready. Its later output is read and dropped, so that it never blocks.
fn address_in(output: ChildStdout) -> Result<SocketAddr, RecvTimeoutError> {
    let (found, address) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let at = line
                .find("http://")
                .map(|at| line[at + 7..].trim().trim_end_matches('/'));
            if let Some(address) = at.and_then(|at| at.parse().ok()) {
                // Nothing waits for a second one.
                let _ = found.send(address);
            }
        }
    });
    address.recv_timeout(READY_IN)
}
