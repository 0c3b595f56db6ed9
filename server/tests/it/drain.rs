//! A server that is told to end while it is used: what stands in front hears it, and nothing that runs is lost.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use sealdrop_server::DRAIN_TIMEOUT;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    harness::{Result, client},
    life::Process,
};

/// A request whose body comes in two pieces, with a server's end between them.
const BODY: (&str, &str) = ("{\"email\": \"ada@exam", "ple.org\", \"purpose\": \"sign-in\"}");

async fn begin_request(addr: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(addr).await?;
    let head = format!(
        "POST /api/v1/auth/codes HTTP/1.1\r\nHost: {addr}\r\nOrigin: http://{addr}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{}",
        BODY.0.len() + BODY.1.len(),
        BODY.0
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

/// A connection that the system took while the listener was closed is reset without a word of it read. By then every connection carries
/// one request, so one that was served ends in another way.
fn was_reset(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    std::iter::from_fn(|| {
        let this = cause?;
        cause = this.source();
        Some(this)
    })
    .filter_map(|one| one.downcast_ref::<std::io::Error>())
    .any(|one| one.kind() == std::io::ErrorKind::ConnectionReset)
}

/// Asks again and again over connections that are kept, until none is taken any more. Answers how often it was answered.
async fn use_it(client: Client, url: String) -> std::result::Result<u32, String> {
    for answered in 0.. {
        match client.get(&url).send().await {
            Ok(answer) if answer.status() == StatusCode::OK => drop(answer.bytes().await),
            Ok(answer) => return Err(answer.status().to_string()),
            Err(error) if error.is_connect() || was_reset(&error) => return Ok(answered),
            Err(error) => return Err(format!("{error:?}")),
        }
    }
    Err("it never ended".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o01_who_is_told_to_end_says_so_first_and_loses_nothing() -> Result {
    let folder = tempfile::tempdir()?;
    let settings = [("SEALDROP_SHUTDOWN_DELAY", "3s"), ("SEALDROP_RATE_LIMITS", "off")];
    let process = Process::start(&folder.path().join("data"), &settings)?;
    let base = process.base.clone();
    let addr: SocketAddr = base.trim_start_matches("http://").parse()?;
    let mut users = JoinSet::new();
    for _ in 0..4 {
        users.spawn(use_it(client()?, format!("{base}/api/v1/limits")));
    }
    let mut under_way = begin_request(addr).await?;
    let ready = format!("{base}/readyz");
    assert_eq!(client()?.get(&ready).send().await?.status(), StatusCode::OK);

    process.terminate()?;
    let told = Instant::now();
    let said = loop {
        let answer = client()?.get(&ready).send().await?;
        if answer.status() != StatusCode::OK {
            break answer;
        }
    };
    assert_eq!(said.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(said.text().await?, r#"{"draining":true}"#);
    let alive = client()?.get(format!("{base}/healthz")).send().await?;
    assert_eq!(
        (alive.status(), alive.headers()["connection"].to_str()?),
        (StatusCode::OK, "close"),
        "what comes meanwhile is served, and its connection is the client's no more"
    );
    while let Some(used) = users.join_next().await {
        assert!(used?? > 0, "a request was lost, or none was answered");
    }

    // Nothing new is taken; what had begun comes to its end.
    assert!(TcpStream::connect(addr).await.is_err());
    under_way.write_all(BODY.1.as_bytes()).await?;
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).await?;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let (status, _, logged) = process.ended()?;
    assert!(status.success(), "{logged}");
    assert!(told.elapsed() < DRAIN_TIMEOUT + Duration::from_secs(5), "{logged}");
    assert!(!logged.contains("were cut"), "{logged}");
    Ok(())
}
