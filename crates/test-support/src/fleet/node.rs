//! One process of the fleet: a server or a worker, which is killed, told to end, and started again where it was.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::installation::binary;

/// How long a start may take on a machine that does other things too.
const READY_IN: Duration = Duration::from_secs(60);
/// What service managers usually allow.
const ENDS_IN: Duration = Duration::from_secs(30);

/// What it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Serves, and works.
    Serve,
    /// Serves, and leaves jobs to workers.
    ServeOnly,
    /// Works.
    Work,
}

/// One process, or the place where it was.
pub(super) struct Node {
    pub(super) role: Role,
    binary: PathBuf,
    folder: PathBuf,
    settings: Arc<Vec<(String, String)>>,
    /// Port 0 until it has started once.
    listen: SocketAddr,
    child: Option<Child>,
    /// The most memory that one of its processes had, in KiB.
    pub(super) most_memory: u64,
}

impl Node {
    pub(super) fn new(
        folder: &Path,
        number: usize,
        role: Role,
        settings: Arc<Vec<(String, String)>>,
        older: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let folder = folder.join(format!("node-{number}"));
        fs::create_dir(&folder)?;
        Ok(Self {
            role,
            binary: match older {
                Some(older) => older,
                None => binary("sealdrop-server")?,
            },
            folder,
            settings,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            child: None,
            most_memory: 0,
        })
    }

    /// Where it listens, if it serves.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        (self.role != Role::Work).then_some(self.listen)
    }

    /// What its processes logged, one after the other.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// A command of its binary with its settings.
    pub(super) fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"))?;
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .env_clear()
            .current_dir(&self.folder)
            .env("SEALDROP_DATA", self.folder.join("data"))
            .env("SEALDROP_ADDR", self.listen.to_string())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        Ok(command)
    }

    /// Starts it and waits until it says that it is ready.
    pub(super) async fn start(&mut self) -> anyhow::Result<()> {
        let arguments: &[&str] = match self.role {
            Role::Serve => &["serve"],
            Role::ServeOnly => &["serve", "--no-worker"],
            Role::Work => &["work"],
        };
        // The public address is what it says; the port is asked from the system before.
        if self.listen.port() == 0 {
            self.listen = tokio::net::TcpListener::bind(self.listen).await?.local_addr()?;
        }
        let mut child = self.command(arguments)?.spawn()?;
        let output = child.stdout.take().context("its output is piped")?;
        let mut lines = BufReader::new(output).lines();
        let said = timeout(READY_IN, lines.next_line())
            .await
            .context("it is not ready in time")??;
        if said.is_none() {
            let log = self.log();
            bail!(
                "a process ended at its start: {}",
                &log[log.len().saturating_sub(2000)..]
            );
        }
        self.child = Some(child);
        Ok(())
    }

    /// Kills it with -9.
    pub(super) async fn kill(&mut self) -> anyhow::Result<()> {
        self.note_memory();
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// Tells it to end, as a service manager does. How long it took.
    pub(super) async fn end(&mut self) -> anyhow::Result<Duration> {
        self.note_memory();
        let Some(mut child) = self.child.take() else {
            return Ok(Duration::ZERO);
        };
        let told = Instant::now();
        let pid = child.id().context("it runs")?.to_string();
        ensure!(Command::new("kill").arg(pid).status().await?.success());
        let status = timeout(ENDS_IN, child.wait())
            .await
            .context("it did not end in time")??;
        ensure!(status.success(), "it ended with {status}: {}", self.log());
        Ok(told.elapsed())
    }

    /// Looks how much memory it had at most.
    pub(super) fn note_memory(&mut self) {
        let pid = self.child.as_ref().and_then(Child::id);
        let status = pid.and_then(|pid| fs::read_to_string(format!("/proc/{pid}/status")).ok());
        let line = status
            .as_deref()
            .and_then(|text| text.lines().find_map(|line| line.strip_prefix("VmHWM:")));
        let memory = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        self.most_memory = self.most_memory.max(memory.unwrap_or(0));
    }
}
