//! The attacker: one machine, one address, and tools of their own.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use tokio::net::TcpStream;

use super::relay::{Relay, connect_from};
use crate::installation::{CommandLine, CommandOutput, TestInstallation};

/// The loopback has sixteen million addresses; a server keeps places for itself at 127.0.0.1 only.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);

/// Who attacks.
#[derive(Debug)]
pub struct Stranger {
    server: SocketAddr,
    client: reqwest::Client,
    tool: CommandLine,
}

/// How long a server may take to start.
const READY_IN: Duration = Duration::from_secs(30);

/// Bytes of the file that they offer: more than sockets hold.
const OFFERED: u64 = 64 << 20;

impl Stranger {
    /// One who knows where the server is.
    ///
    /// # Errors
    /// If there is no HTTP client.
    pub fn of(setup: &TestInstallation) -> anyhow::Result<Self> {
        Ok(Self {
            server: setup.listen(),
            client: reqwest::Client::builder().local_address(Some(ADDRESS.into())).build()?,
            tool: setup.command_line()?,
        })
    }

    /// HTTP from the address of an honest person, whose browser shows a page of theirs.
    ///
    /// # Errors
    /// If there is no HTTP client.
    pub(super) fn as_visitor(&self) -> anyhow::Result<reqwest::Client> {
        let address = super::honest::ADDRESS.into();
        Ok(reqwest::Client::builder().local_address(Some(address)).build()?)
    }

    /// HTTP from their address.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.client
    }

    /// `http://127.0.0.1:PORT` and the path behind it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server)
    }

    /// A connection from their address, for what no HTTP client does.
    ///
    /// # Errors
    /// If the server or the system refuses it.
    pub async fn connect(&self) -> std::io::Result<TcpStream> {
        connect_from(ADDRESS, self.server).await
    }
}

impl Stranger {
    /// A server listens before it can answer; until then honest people wait as well.
    pub(super) async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let end = Instant::now() + READY_IN;
        while !self.client.get(self.url("/readyz")).send().await?.status().is_success() {
            ensure!(Instant::now() < end, "the server is not ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Sends a file of theirs, receives it, and keeps the signed address that the download was made by.
    pub(super) async fn address_of_a_download(&self) -> anyhow::Result<String> {
        let relay = Relay::start(ADDRESS, self.server).await?;
        File::create(self.tool.path("offered.bin"))?.set_len(OFFERED)?;
        let link = self.say(&relay, &["send", "offered.bin"]).await?;
        // By another one: what passed the first was the file.
        let other = Relay::start(ADDRESS, self.server).await?;
        let link = link.trim().replace(&relay.address(), &other.address());
        self.say(&other, &["receive", &link, "-o", "taken"]).await?;
        other.asked_for("/blobs/").context("a download has an address")
    }

    async fn say(&self, relay: &Relay, arguments: &[&str]) -> anyhow::Result<String> {
        let command = self.tool.command(&relay.address(), arguments);
        let said: CommandOutput = tokio::process::Command::from(command).output().await?.into();
        let out = said.out_of(arguments[0])?.to_owned();
        Ok(out)
    }
}

/// So many random bytes as the API writes them: base64url without padding. 16 for an id, 32 for a token.
///
/// # Errors
/// If the system has no randomness.
pub(super) fn random_text<const N: usize>() -> anyhow::Result<String> {
    use base64ct::Encoding as _;
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(base64ct::Base64UrlUnpadded::encode_string(&bytes))
}
