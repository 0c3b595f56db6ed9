//! What proxies make of a request on its way here.

use reqwest::{Method, StatusCode, header};
use sealdrop_api::ProblemType;
use serde_json::json;

use crate::{
    harness::{Result, Server, client, problem},
    life::{Process, run, text},
    transfer::send,
};

/// Sends, claims, reads a range: every kind of signed address is used.
async fn a_transfer(server: &Server) -> Result {
    let sent = send(server, b"through a proxy", b"{}", 1).await?;
    let (_, url) = sent.claim(server).await?;
    let range = server
        .request(Method::GET, &url.url)
        .header("range", "bytes=0-9")
        .header("if-match", &url.etag)
        .send()
        .await?;
    assert_eq!(range.status(), StatusCode::PARTIAL_CONTENT);
    Ok(())
}

#[tokio::test]
async fn x36_one_authority_has_many_spellings() -> Result {
    for (public, hosts) in [
        (
            "https://drop.test",
            &[
                "drop.test",
                "drop.test:443",
                "DROP.Test",
                "drop.test.",
                "Drop.test.:443",
                "127.0.0.1:9",
            ][..],
        ),
        ("http://drop.test", &["drop.test:80"]),
        ("https://Drop.Test.:443", &["drop.test"]),
        (
            "",
            &["drop.test", "drop.test:80", "drop.test:443", "DROP.test.", "[::1]:80"],
        ),
    ] {
        let mut settings = vec![("SEALDROP_RATE_LIMITS", "off")];
        settings.extend((!public.is_empty()).then_some(("SEALDROP_PUBLIC_URL", public)));
        let mut server = Server::start_with(&settings).await?;
        for host in hosts {
            server.adds = vec![(header::HOST, (*host).to_owned())];
            let done = a_transfer(&server).await;
            done.map_err(|error| format!("{host} of {public:?}: {error}"))?;
        }
        server.stop().await;
    }
    Ok(())
}

#[tokio::test]
async fn x36_a_signed_address_works_whichever_name_it_was_asked_for_by() -> Result {
    let mut server = Server::start().await?;
    server.adds = vec![(header::HOST, "one.test".to_owned())];
    let sent = send(&server, b"asked for by one name", b"{}", 1).await?;
    let (_, url) = sent.claim(&server).await?;
    server.adds = vec![(header::HOST, "two.test:8443".to_owned())];
    let read = server.request(Method::GET, &url.url).send().await?;
    assert_eq!(read.status(), StatusCode::OK);
    // It is still the signature that opens.
    let forged = url.url.replace("X-Amz-Expires=300", "X-Amz-Expires=301");
    assert_ne!(forged, url.url);
    let read = server.request(Method::GET, &forged).send().await?;
    assert_eq!(read.status(), StatusCode::FORBIDDEN);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn x37_what_a_proxy_was_told_is_no_second_signature() -> Result {
    let mut server = Server::start().await?;
    for value in [
        "Basic dXNlcjpwYXNz",
        "basic dXNlcjpwYXNz",
        "Bearer abc.def",
        "Digest username=\"u\"",
        "",
    ] {
        server.adds = vec![(header::AUTHORIZATION, value.to_owned())];
        let done = a_transfer(&server).await;
        done.map_err(|error| format!("{value}: {error}"))?;
    }
    // Without a signed address it opens nothing.
    server.adds = vec![(header::AUTHORIZATION, "Basic dXNlcjpwYXNz".to_owned())];
    assert_eq!(server.get("/blobs/o/x").await?.status(), StatusCode::FORBIDDEN);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn x38_clients_behind_a_proxy_have_budgets_of_their_own() -> Result {
    let server = Server::start_with(&[("SEALDROP_TRUSTED_PROXY_HOPS", "1")]).await?;
    let guess = async |from: String| -> Result<StatusCode> {
        let path = format!("/api/v1/links/AAAAAAAAAAAAAAAAAAAAAA/claims/{}/commit", "A".repeat(22));
        let request = server.request(Method::POST, &path).header("x-forwarded-for", from);
        let answer = request.json(&json!({"auth": "A".repeat(43)})).send().await?;
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(problem(answer).await?.kind, ProblemType::TooManyRequests);
        }
        Ok(status)
    };
    let mut waits = false;
    for port in 0..40 {
        waits |= guess(format!("203.0.113.7:{port}")).await? == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(waits, "another port is not another client");
    for other in [
        "203.0.113.8:1",
        "[2001:db8::1]:443",
        "\"[2001:db8:1::1]:443\"",
        "for=203.0.113.9",
        "unknown",
    ] {
        assert_eq!(guess(other.to_owned()).await?, StatusCode::NOT_FOUND, "{other}");
    }
    // A client of its own would be refused none of these; one guess comes back every three seconds, however slow this machine is.
    let mut refused = 0;
    for port in 0..40 {
        let lied = guess(format!("203.0.113.{port}, 203.0.113.7:{port}")).await?;
        refused += u32::from(lied == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 20, "a client does not choose: {refused} of 40");
    server.stop().await;
    Ok(())
}

/// A proxy that is not configured makes one client of all.
#[tokio::test]
async fn n02_a_proxy_that_is_not_counted_is_named() -> Result {
    const NAME: &str = "SEALDROP_TRUSTED_PROXY_HOPS";
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let process = Process::start(&data, &[])?;
    let client = client()?;
    for _ in 0..3 {
        let path = format!("{}/api/v1/limits", process.base);
        client.get(path).header("x-forwarded-for", "192.0.2.1").send().await?;
    }
    drop(client);
    let (_, _, logged) = process.end()?;
    assert_eq!(logged.matches(NAME).count(), 1, "once: {logged}");
    assert!(!logged.contains("192.0.2.1"), "{logged}");

    let https = [("SEALDROP_PUBLIC_URL", "https://drop.test")];
    let (_, _, logged) = Process::start(&data, &https)?.end()?;
    assert!(logged.contains(NAME), "at the start: {logged}");
    let said = text(&run(&data, &["doctor"], &https)?.stdout);
    assert!(said.contains(NAME), "by the doctor: {said}");

    let counted = [https[0], (NAME, "1")];
    let (_, _, logged) = Process::start(&data, &counted)?.end()?;
    assert!(!logged.contains(NAME), "{logged}");
    let said = text(&run(&data, &["doctor"], &counted)?.stdout);
    assert!(!said.contains(NAME), "{said}");
    Ok(())
}
