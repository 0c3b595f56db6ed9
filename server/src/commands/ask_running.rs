//! One question to the server that runs on this machine, for commands that stand beside it.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{config::Config, running_address::running_address, start::loopback_of};

/// The longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether it answered with 200, and what it said.
pub(super) async fn ask_running(config: &Config, path: &str) -> Result<(bool, String), String> {
    ask_running_as(config, path, None).await
}

/// The same, with the operator's token.
pub(super) async fn ask_running_as(config: &Config, path: &str, token: Option<&str>) -> Result<(bool, String), String> {
    let (noted, set) = (running_address(config), config.http.addr);
    let asked = ask(noted, path, token).await;
    // A server that was killed left its note behind.
    let asked = match asked {
        Err(_) if noted != set => ask(set, path, token).await,
        asked => asked,
    };
    asked.map_err(|error| {
        format!(
            "{error}. Is the server running? If it has other settings than this shell, run this with its SEALDROP_DATA, or with its SEALDROP_ADDR or PORT"
        )
    })
}

async fn ask(listening: SocketAddr, path: &str, token: Option<&str>) -> Result<(bool, String), String> {
    let bearer = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    let addr = SocketAddr::new(loopback_of(listening.ip()), listening.port());
    let ask = async {
        let mut stream = TcpStream::connect(addr).await?;
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\n{bearer}Connection: close\r\n\r\n").as_bytes())
            .await?;
        let mut answer = String::new();
        stream.take(MAX_ANSWER).read_to_string(&mut answer).await?;
        let is_good = answer.starts_with("HTTP/1.1 200");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body.trim());
        Ok::<_, io::Error>((is_good, body.to_owned()))
    };
    tokio::time::timeout(PATIENCE, ask)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| format!("{addr} does not answer: {error}"))
}
