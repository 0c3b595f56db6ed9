//! Links on an origin of their own: what is where, and where a request goes that came to the wrong one of both.

use http::header::HOST;
use reqwest::{Method, StatusCode};
use sealdrop_api::{
    ProblemType,
    links::{GetLink, OpenLink},
};

use crate::{
    harness::{Result, Server, problem},
    site::build,
    transfer::send,
};

const APP: &str = "drop.test";
const LINKS: &str = "links.test";

async fn served() -> Result<(tempfile::TempDir, Server)> {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    std::fs::create_dir(&site)?;
    build(&site)?;
    let server = Server::start_with(&[
        ("SEALDROP_SITE", &site.to_string_lossy()),
        ("SEALDROP_PUBLIC_URL", "http://drop.test"),
        ("SEALDROP_LINK_URL", "http://links.test"),
        ("SEALDROP_RATE_LIMITS", "off"),
    ])
    .await?;
    Ok((folder, server))
}

/// The status and where it leads.
async fn asked(server: &Server, host: &str, method: Method, path: &str) -> Result<(u16, String)> {
    let answer = server.request(method, path).header(HOST, host).send().await?;
    let to = answer.headers().get("location");
    let to = to.map_or(Ok(""), |to| to.to_str())?.to_owned();
    Ok((answer.status().as_u16(), to))
}

#[tokio::test]
async fn o38_what_came_to_the_wrong_name_is_sent_on() -> Result {
    let (_folder, server) = served().await?;
    for (host, path, to) in [
        (
            APP,
            "/d/AAAAAAAAAAAAAAAAAAAAAA",
            "http://links.test/d/AAAAAAAAAAAAAAAAAAAAAA",
        ),
        ("DROP.test.:80", "/d/x", "http://links.test/d/x"),
        (LINKS, "/", "http://drop.test/"),
        (LINKS, "/sent?page=2", "http://drop.test/sent?page=2"),
        (LINKS, "/account", "http://drop.test/account"),
        (LINKS, "/security", "http://drop.test/security"),
        (LINKS, "/plans", "http://drop.test/plans"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let seen = asked(&server, host, method, path).await?;
            assert_eq!(seen, (307, to.to_owned()), "{host}{path}");
        }
    }
    for (host, path) in [
        (APP, "/"),
        (APP, "/sent"),
        (LINKS, "/d/AAAAAAAAAAAAAAAAAAAAAA"),
        (LINKS, "/api/v1/limits"),
        (LINKS, "/readyz"),
        (LINKS, "/pkg/app.89ab0123.css"),
        ("127.0.0.1", "/"),
        ("127.0.0.1", "/d/AAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        let seen = asked(&server, host, Method::GET, path).await?;
        assert_eq!(seen, (200, String::new()), "{host}{path}");
    }
    // A key that a mail program wrote into the path stands in no header.
    let seen = asked(&server, APP, Method::GET, "/d/AAAAAAAAAAAAAAAAAAAAAA%23kEy").await?;
    assert_eq!(seen, (200, String::new()));
    Ok(())
}

#[tokio::test]
async fn o38_nobody_sends_or_signs_in_where_links_are() -> Result {
    let (_folder, server) = served().await?;
    for path in [
        "/api/v1/uploads",
        "/api/v1/links",
        "/api/v1/auth/codes",
        "/_ui/sign-in/code",
    ] {
        let seen = asked(&server, LINKS, Method::POST, path).await?;
        assert_eq!(seen, (404, String::new()), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn o38_a_link_says_where_it_is_and_opens_there() -> Result {
    let (_folder, mut server) = served().await?;
    server.adds = vec![(HOST, APP.to_owned())];
    let sent = send(&server, b"content", b"{}", 3).await?;
    assert_eq!(sent.origin.as_deref(), Some("http://links.test"));

    server.adds = vec![(HOST, LINKS.to_owned())];
    let open = OpenLink {
        link_id: sent.link_id,
        body: sent.proof(),
    };
    server.ask(&open, None).await?;
    sent.claim(&server).await?;
    // Its owner has the token, and needs no account.
    server
        .ask(&GetLink { link_id: sent.link_id }, Some(&sent.token))
        .await?;
    let own = server.request(Method::GET, "/api/v1/account").send().await?;
    assert_eq!(own.status(), StatusCode::TEMPORARY_REDIRECT);
    let unknown = server
        .request(Method::GET, "/api/v1/links/AAAAAAAAAAAAAAAAAAAAAA/x")
        .send()
        .await?;
    assert_eq!(problem(unknown).await?.kind, ProblemType::NotFound);
    Ok(())
}
