//! `doctor`: one line for everything that a server stands on, and an exit code for scripts.

use std::{fs, io, net::SocketAddr, path::Path, process::ExitCode, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::say;
use crate::{
    config::{Bucket, Config, SiteSource},
    site::Site,
    start::{Failure, loopback_of, start_without_serving},
};

pub(super) async fn doctor(config: &Config) -> ExitCode {
    let mut healthy = true;
    let mut report = |what: &str, found: Result<String, String>| {
        let (word, text) = match found {
            Ok(text) => ("ok", text),
            Err(text) => {
                healthy = false;
                ("FAILED", text)
            }
        };
        say(format_args!("{what:<14} {word:<7} {text}"));
    };
    report("configuration", Ok("readable".to_owned()));
    report("data folder", data_folder(&config.data));
    report("web app", web_app(&config.site));
    match start_without_serving(config).await {
        Ok(running) => {
            let readiness = running.service.readiness().await;
            report(
                "database",
                readiness.database.map(|()| "answers, schema up to date".to_owned()),
            );
            report("bucket", readiness.bucket.map(|()| bucket(&config.bucket)));
            running.stop().await;
        }
        // The folder belongs to a running server, which knows best how it is.
        Err(Failure::Bucket(sealdrop_local_s3::Error::Locked(_))) => {
            let addr = SocketAddr::new(loopback_of(config.http.addr.ip()), config.http.addr.port());
            let asked = ask_running(addr).await.map_err(|error| {
                format!(
                    "a process has {} open, but {addr} does not answer: {error}",
                    config.data.display()
                )
            });
            report(
                "running server",
                asked.and_then(|(ready, said)| if ready { Ok(said) } else { Err(said) }),
            );
        }
        Err(error) => report("start", Err(error.to_string())),
    }
    if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn data_folder(path: &Path) -> Result<String, String> {
    let wrong = |error: io::Error| format!("{}: {error}", path.display());
    if !path.exists() {
        return Ok(format!("{} is made at the first start", path.display()));
    }
    let probe = path.join(".doctor");
    fs::write(&probe, b"probe")
        .and_then(|()| fs::remove_file(&probe))
        .map_err(wrong)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).map_err(wrong)?.permissions());
        if mode & 0o007 != 0 {
            return Err(format!("{} may be read by everybody: chmod 700 it", path.display()));
        }
    }
    Ok(format!("{} can be written", path.display()))
}

fn web_app(source: &SiteSource) -> Result<String, String> {
    let site = Site::open(source);
    match (&site, site.assets()) {
        (_, Some(assets)) => Ok(format!("build {}", assets.build)),
        (Site::Missing, None) => {
            Err("not in this binary, and SEALDROP_SITE is not set; build it with `make site`".to_owned())
        }
        (_, None) => Err("the folder holds no built web app; build it with `make site`".to_owned()),
    }
}

fn bucket(bucket: &Bucket) -> String {
    match bucket {
        Bucket::Embedded { folder, .. } => format!("embedded, {}", folder.display()),
        Bucket::External(external) => format!("{} at {}", external.bucket, external.endpoint),
    }
}

/// `/readyz` of the server that runs.
async fn ask_running(addr: SocketAddr) -> io::Result<(bool, String)> {
    let ask = async {
        let mut stream = TcpStream::connect(addr).await?;
        stream
            .write_all(format!("GET /readyz HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n").as_bytes())
            .await?;
        let mut answer = String::new();
        stream.take(64 << 10).read_to_string(&mut answer).await?;
        let ready = answer.starts_with("HTTP/1.1 200");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body.trim());
        Ok((ready, body.to_owned()))
    };
    tokio::time::timeout(Duration::from_secs(10), ask)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
