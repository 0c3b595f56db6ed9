//! Attempts of a stranger to keep others out: pages of other sites, idle connections, slow bodies, two hosts.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use reqwest::{Client, Method, StatusCode};
use sealdrop_api::{
    ObjectId, ProblemType, TOKEN_HEADER,
    limits::PART_LEN,
    uploads::{NewUpload, PartToSign, PartsToSign, ReserveUpload, SignParts},
};
use sealdrop_crypto::make_object;
use sealdrop_server::routes::api_routes;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::{
    harness::{Result, Server, problem},
    transfer::{make_claim, make_token, send},
};

/// What never comes is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection whose other end sees this address of the loopback.
async fn connect_from(server: &Server, last: u8) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0)))?;
    let to: SocketAddr = server.base.trim_start_matches("http://").parse()?;
    Ok(socket.connect(to).await?)
}

/// Who asks from this address, by a connection of their own.
async fn status_from(server: &Server, last: u8, path: &str) -> Result<StatusCode> {
    let client = Client::builder()
        .local_address(Some(Ipv4Addr::new(127, 0, 0, last).into()))
        .timeout(PATIENCE)
        .build()?;
    Ok(client.get(format!("{}{path}", server.base)).send().await?.status())
}

/// Writes a request as it stands, and reads the status of the answer.
async fn raw(server: &Server, request: &str) -> Result<u16> {
    let mut stream = connect_from(server, 1).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = vec![0; 12];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await??;
    let status = String::from_utf8(answer)?;
    Ok(status.trim_start_matches("HTTP/1.1 ").parse()?)
}

/// HTTP/2 as far as a client must say it: the preface and no settings of its own.
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

#[tokio::test]
async fn n04_idle_connections_shut_nobody_out() -> Result {
    let server = Server::start_with(&[("SEALDROP_MAX_CONNECTIONS", "24")]).await?;
    let mut idle = Vec::new();
    for _ in 0..40 {
        let mut stream = connect_from(&server, 66).await?;
        // One that was turned away, or whose place was given to the next, takes nothing.
        let _ = stream.write_all(HTTP2).await;
        idle.push(stream);
    }
    assert_eq!(
        status_from(&server, 5, "/api/v1/limits").await?,
        StatusCode::OK,
        "another client"
    );
    assert_eq!(
        status_from(&server, 66, "/api/v1/limits").await?,
        StatusCode::OK,
        "the same client"
    );
    assert_eq!(
        status_from(&server, 1, "/readyz").await?,
        StatusCode::OK,
        "this machine"
    );
    drop(idle);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn n04_a_client_has_so_many_connections() -> Result {
    let server = Server::start_with(&[("SEALDROP_MAX_CONNECTIONS_PER_CLIENT", "4")]).await?;
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = connect_from(&server, 66).await?;
        let _ = stream.write_all(HTTP2).await;
        streams.push(stream);
    }
    // Each of the first has been ended to make room for the last.
    for mut stream in streams.drain(..16) {
        let mut said = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await;
        assert!(ended.is_ok(), "it is still there");
    }
    assert_eq!(status_from(&server, 5, "/healthz").await?, StatusCode::OK);
    server.stop().await;
    Ok(())
}

/// No page of another site makes its visitor's browser do anything here, on any route; nor does it use up a budget.
#[tokio::test]
async fn n09_pages_of_other_sites_do_nothing_here() -> Result {
    let server = Server::start_with(&[]).await?;
    let sent = send(&server, b"mine", b"{}", 2).await?;
    let fill = |path: &str| {
        let link = path.replace("{link_id}", &sent.link_id.to_string());
        link.replace("{object_id}", &sent.object_id.to_string())
            .replace("{claim_id}", &"A".repeat(22))
    };
    let unsafe_routes = api_routes().into_iter().filter(|route| route.method.as_str() != "GET");
    let mut asked: Vec<(Method, String)> = Vec::new();
    for route in unsafe_routes {
        asked.push((Method::from_bytes(route.method.as_str().as_bytes())?, fill(route.path)));
    }
    asked.extend(["/", "/api/v1/nothing", "/nothing"].map(|path| (Method::POST, path.to_owned())));
    let from_pages: &[(&str, &str)] = &[
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
        ("origin", "null"),
    ];
    for (method, path) in &asked {
        for (name, value) in from_pages {
            let request = server
                .request(method.clone(), path)
                .header(*name, *value)
                .header(TOKEN_HEADER, sent.token.expose());
            let refused = problem(request.body("{}").send().await?).await?;
            assert_eq!(
                refused.kind,
                ProblemType::CrossSite,
                "{method} {path} with {name}: {value}"
            );
        }
    }
    // Before anything was counted: what a page guessed is not what its visitor guessed.
    for _ in 0..60 {
        let path = format!("/api/v1/links/{}/open", make_claim()?);
        let guess = server
            .request(Method::POST, &path)
            .header("sec-fetch-site", "cross-site");
        guess.json(&json!({"auth": make_token()?})).send().await?;
    }
    let path = format!("/api/v1/links/{}/open", make_claim()?);
    let own = server
        .request(Method::POST, &path)
        .header("sec-fetch-site", "same-origin");
    let heard = own.json(&json!({"auth": make_token()?})).send().await?;
    assert_eq!(heard.status(), StatusCode::NOT_FOUND, "not 429");
    // Our own pages, also over plain http, where browsers say the origin alone; and what is no browser.
    let open = format!("/api/v1/links/{}/open", sent.link_id);
    for own in [
        None,
        Some(("origin", server.base.as_str())),
        Some(("sec-fetch-site", "same-origin")),
    ] {
        let request = server.request(Method::POST, &open);
        let request = own
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        let opened = request.json(&json!({"auth": sent.auth})).send().await?;
        assert_eq!(opened.status(), StatusCode::OK, "{own:?}");
    }
    // Reports come from wherever browsers say they come from; what only shows is asked for by links of other sites.
    let report = server.request(Method::POST, "/_csp").header("origin", "null");
    assert_eq!(report.body("[]").send().await?.status(), StatusCode::NO_CONTENT);
    let limits = server.request(Method::GET, "/api/v1/limits");
    let limits = limits.header("sec-fetch-site", "cross-site").send().await?;
    assert_eq!(limits.status(), StatusCode::OK);
    server.stop().await;
    Ok(())
}

/// A signed address is its own proof, wherever the page comes from: so it is with every S3.
#[tokio::test]
async fn n09_signed_addresses_are_for_pages_of_any_site() -> Result {
    let mut server = Server::start().await?;
    let (token, object_id) = (make_token()?, ObjectId(*make_object()?.object_id()));
    let new = NewUpload {
        object_id,
        sealed_len: Some(262_144),
        part_len: PART_LEN,
    };
    server.ask(&ReserveUpload { body: new }, Some(&token)).await?;
    let parts = vec![PartToSign { n: 1, len: 262_144 }];
    let sign = SignParts {
        object_id,
        body: PartsToSign { parts },
    };
    let signed = server.ask(&sign, Some(&token)).await?;
    server.adds = vec![(http::header::ORIGIN, "https://other.test".to_owned())];
    let put = server.request(Method::PUT, &signed.urls[0].url).body(vec![7; 262_144]);
    assert_eq!(put.send().await?.status(), StatusCode::OK);
    // Without one there is nothing to do there.
    let put = server.request(Method::PUT, "/blobs/o/x").body("x").send().await?;
    assert_eq!(put.status(), StatusCode::FORBIDDEN);
    server.stop().await;
    Ok(())
}

/// Longer than its route takes is refused by its announced length, before a byte of it is there.
#[tokio::test]
async fn n07_what_is_too_long_is_not_waited_for() -> Result {
    let server = Server::start().await?;
    let id = make_claim()?;
    let token = make_token()?.expose();
    let announced = |path: &str, len: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: drop.test\r\nContent-Type: application/json\r\nSealdrop-Token: {token}\r\n\
             Content-Length: {len}\r\n\r\n{{"
        )
    };
    for (path, len, status) in [
        (format!("/api/v1/links/{id}/open"), 1 << 20, 413),
        (format!("/api/v1/links/{id}/claims"), 1 << 20, 413),
        ("/api/v1/uploads".to_owned(), 1 << 20, 413),
        (format!("/api/v1/uploads/{id}/urls"), 1 << 20, 413),
        ("/api/v1/links".to_owned(), 1 << 20, 413),
        // Here a long one may come, from who has begun that upload: others hear immediately that there is none.
        (format!("/api/v1/uploads/{id}/complete"), 1 << 20, 404),
        ("/api/v1/links/x/open".to_owned(), 1 << 20, 404),
    ] {
        assert_eq!(raw(&server, &announced(&path, len)).await?, status, "{path}");
    }
    server.stop().await;
    Ok(())
}

/// Bodies that never end leave room for those that do, also of the same client.
#[tokio::test]
async fn n07_slow_bodies_make_room() -> Result {
    let server = Server::start_with(&[("SEALDROP_MAX_BODIES", "4MiB"), ("SEALDROP_RATE_LIMITS", "off")]).await?;
    let token = make_token()?.expose();
    let len = 80 << 10;
    let head = format!(
        "POST /api/v1/links HTTP/1.1\r\nHost: drop.test\r\nContent-Type: application/json\r\nSealdrop-Token: {token}\r\n\
         Content-Length: {len}\r\n\r\n"
    );
    // A client has a quarter of 4 MiB: 13 of them fit into it.
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = connect_from(&server, 66).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&vec![b' '; len - 1]).await?;
        slow.push(stream);
    }
    let mut answer = vec![0; 12];
    tokio::time::timeout(PATIENCE, slow[0].read_exact(&mut answer)).await??;
    assert_eq!(String::from_utf8(answer)?, "HTTP/1.1 503", "the slowest");
    send(&server, b"beside them", &[7; 40_000], 1).await?;
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn n16_a_request_names_its_host_once() -> Result {
    let server = Server::start().await?;
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n", 400),
        ("GET /blobs/o/x HTTP/1.1\r\nHost: a.test\r\nhost: b.test\r\n", 400),
        ("GET /healthz HTTP/1.1\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a.test\r\n", 200),
        ("GET http://a.test/healthz HTTP/1.1\r\nHost: b.test\r\n", 200),
    ] {
        let asked = format!("{head}Connection: close\r\n\r\n");
        assert_eq!(raw(&server, &asked).await?, status, "{head}");
    }
    server.stop().await;
    Ok(())
}
