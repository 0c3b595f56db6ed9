//! Messages that two readers could take for different ones: byte by byte, as no client library writes them.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    harness::{Result, Server},
    site::build,
};

/// The status lines of all answers that come until the server hangs up.
async fn answers(server: &Server, message: &str) -> Result<Vec<String>> {
    let mut stream = TcpStream::connect(server.base.trim_start_matches("http://")).await?;
    stream.write_all(message.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let lines = String::from_utf8_lossy(&answer);
    Ok(lines
        .lines()
        .filter_map(|line| line.strip_prefix("HTTP/1.1 "))
        .map(|status| status[..3].to_owned())
        .collect())
}

#[tokio::test]
async fn a_message_has_one_host_and_one_end() -> Result {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    build(&site)?;
    let server = Server::start_with(&[("SEALDROP_SITE", &site.to_string_lossy())]).await?;
    let get = |headers: &str| format!("GET /healthz HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    let post =
        |headers: &str, body: &str| format!("POST /api/v1/uploads HTTP/1.1\r\nHost: a.test\r\n{headers}\r\n{body}");
    for (what, message, expected) in [
        ("one host", get("Host: a.test\r\n"), &["200"][..]),
        ("no host", get(""), &["400"]),
        ("two hosts", get("Host: a.test\r\nHost: b.test\r\n"), &["400"]),
        (
            "two lengths",
            post("Content-Length: 6\r\nContent-Length: 7\r\n", "{}{}{}{"),
            &["400"],
        ),
        (
            "a length and another one in it",
            post("Content-Length: 6, 7\r\n", "{}{}{}{"),
            &["400"],
        ),
        (
            "an unknown coding",
            post("Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", "{}"),
            &["400"],
        ),
        (
            "chunks that are not the last coding",
            post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"),
            &["400"],
        ),
        (
            "a blank before the colon",
            post("Content-Length : 2\r\n", "{}"),
            &["400"],
        ),
        // The length is ignored; what follows the chunks is no request hidden in a body, and nothing answers it as one.
        (
            "chunks and a length",
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                "2\r\n{}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n",
            ),
            &["401"],
        ),
    ] {
        assert_eq!(answers(&server, &message).await?, expected, "{what}");
    }
    for method in ["TRACE", "CONNECT", "OPTIONS", "PROPFIND"] {
        for path in ["/", "/healthz", "/api/v1/limits", "/blobs/o/none", "/sw.js"] {
            let status = server
                .request(reqwest::Method::from_bytes(method.as_bytes())?, path)
                .send()
                .await?
                .status();
            assert!(status.is_client_error() || status == 501, "{method} {path}: {status}");
        }
    }
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn o10_headers_are_bounded() -> Result {
    let server = Server::start().await?;
    let get = |headers: &str| format!("GET /healthz HTTP/1.1\r\nHost: a.test\r\n{headers}Connection: close\r\n\r\n");
    let many: String = (0..300).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(100 << 10));
    for (what, headers, expected) in [
        ("a few", "x: y\r\n", "200"),
        ("three hundred", &many, "431"),
        ("100 KiB", &long, "431"),
    ] {
        assert_eq!(answers(&server, &get(headers)).await?, [expected], "{what}");
    }
    server.stop().await;
    Ok(())
}
