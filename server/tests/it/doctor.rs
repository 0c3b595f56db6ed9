//! `doctor` where a public URL is set: it goes the way of a part, and names what stands in it.

use std::future::IntoFuture as _;

use axum::{Router, body::to_bytes, extract::Request};
use reqwest::StatusCode;

use crate::{
    harness::Result,
    life::{run, text},
};

/// Something that answers in front of the server: to PUT with one status, to all else with another one.
async fn in_front(put: u16, other: u16) -> Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/", listener.local_addr()?);
    let answer = move |request: Request| async move {
        let status = if request.method() == "PUT" { put } else { other };
        // A body that is left unread ends the connection, which is another thing to name.
        let _ = to_bytes(request.into_body(), usize::MAX).await;
        StatusCode::from_u16(status).unwrap_or_default()
    };
    tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
    Ok(address)
}

/// What it said of the public URL, and whether it was content with everything.
fn asked(addr: &str, public_url: &str) -> Result<(String, bool)> {
    let folder = tempfile::tempdir()?;
    let settings = [("SEALDROP_ADDR", addr), ("SEALDROP_PUBLIC_URL", public_url)];
    let output = tokio::task::block_in_place(|| run(&folder.path().join("data"), &["doctor"], &settings))?;
    let said = text(&output.stdout);
    let line = said.lines().find(|line| line.starts_with("public URL"));
    Ok((line.unwrap_or("nothing").to_owned(), output.status.success()))
}

#[tokio::test(flavor = "multi_thread")]
async fn x39_the_doctor_names_what_refuses_a_part() -> Result {
    for (put, other, words) in [
        (413, 200, ["refuses a part of 10 MiB (413)", "client_max_body_size 16m"]),
        (403, 200, ["in front refuses PUT (403", "PATCH and DELETE through"]),
        (502, 200, ["answers 502", "gave up on this server"]),
        (200, 200, ["answers 200 OK to GET with Range", "did not say"]),
        (200, 404, ["answers 404", "another server"]),
        (200, 502, ["answers 502", "does not reach this server"]),
        (200, 301, ["sends people on", "set SEALDROP_PUBLIC_URL"]),
    ] {
        let address = in_front(put, other).await?;
        let (line, content) = asked("127.0.0.1:0", &address)?;
        assert!(
            !content && line.contains("FAILED") && line.contains(&address),
            "{put} {other}: {line}"
        );
        for word in words {
            assert!(line.contains(word), "{word}: {line}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn x39_the_doctor_sends_a_part_and_has_it_back() -> Result {
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let (line, _) = asked(&free, &format!("http://{free}"))?;
    assert!(
        line.contains(" ok ") && line.contains("goes through it and comes back"),
        "{line}"
    );
    Ok(())
}

#[test]
fn x47_the_doctor_says_a_database_that_cannot_be_written() -> Result {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    assert!(run(&data, &["migrate"], &[])?.status.success());
    // As on a disk that went read-only: it can be read and not written, whatever the user of the server.
    let url = format!("sqlite://{}?mode=ro", data.join("sealdrop.db").display());
    let doctor = run(&data, &["doctor"], &[("DATABASE_URL", &url)])?;
    let said = text(&doctor.stdout);
    let failed = |line: &&str| line.contains("FAILED") && line.contains("database") && line.contains("readonly");
    assert!(said.lines().any(|line| failed(&line)), "{said}");
    assert!(!doctor.status.success(), "{said}");
    Ok(())
}
