//! What every answer carries, of every kind.

use std::fs;

use reqwest::Response;

use crate::{
    harness::{Result, Server},
    site::build,
};

const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    ),
    ("reporting-endpoints", "csp=\"/_csp\""),
];

fn check(path: &str, response: &Response) -> Result {
    for (name, value) in ALWAYS {
        let found = response.headers().get(*name).and_then(|found| found.to_str().ok());
        assert_eq!(found, Some(*value), "{name} of {path}");
    }
    let policy = response.headers()["content-security-policy"].to_str()?;
    for directive in ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{directive} of {path}: {policy}");
    }
    let content_type = response.headers()["content-type"].to_str()?;
    if ["text/", "+xml", "/xml"].iter().any(|kind| content_type.contains(kind)) {
        assert!(content_type.ends_with("; charset=utf-8"), "{path}: {content_type}");
    }
    // No cookie identifies a client, and no other origin reads an answer.
    assert!(!response.headers().contains_key("set-cookie"), "{path}");
    assert!(
        !response.headers().contains_key("access-control-allow-origin"),
        "{path}"
    );
    assert!(response.headers().contains_key("cache-control"), "{path}");
    assert_eq!(response.headers()["x-request-id"].len(), 16, "{path}");
    assert!(!response.headers().contains_key("server"), "{path}");
    Ok(())
}

/// One of every kind of answer.
const KINDS: &[&str] = &[
    "/api/v1/limits",
    "/api/v1/nothing",
    "/api/v1/links/x",
    "/healthz",
    "/readyz",
    "/",
    "/d/AAAAAAAAAAAAAAAAAAAAAA",
    "/sent",
    "/security",
    "/cli",
    "/nothing",
    "/sw.js",
    "/favicon.svg",
    "/pkg/app.0123abcd.js",
    "/blobs/",
    "/blobs/o/none",
];

#[tokio::test]
async fn d11_every_kind_of_answer_is_dressed() -> Result {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    fs::create_dir(&site)?;
    build(&site)?;
    let server = Server::start_with(&[("SEALDROP_SITE", &site.to_string_lossy())]).await?;
    for path in KINDS {
        let response = server.get(path).await?;
        check(path, &response)?;
        assert!(
            !response.headers().contains_key("strict-transport-security"),
            "plain http: {path}"
        );
        let policy = response.headers()["content-security-policy"].to_str()?;
        assert!(!policy.contains("upgrade-insecure-requests"), "plain http: {path}");
    }
    let limits = server.get("/api/v1/limits").await?;
    assert_eq!(limits.headers()["cache-control"], "no-store");
    assert_eq!(
        limits.headers()["content-security-policy"],
        "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    assert!(
        server.get("/blobs/o/none").await?.headers()["content-security-policy"]
            .to_str()?
            .contains("sandbox")
    );
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn https_is_said_where_it_is() -> Result {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    fs::create_dir(&site)?;
    build(&site)?;
    let settings = [
        ("SEALDROP_SITE", &*site.to_string_lossy()),
        ("SEALDROP_PUBLIC_URL", "https://send.example.test"),
    ];
    let server = Server::start_with(&settings).await?;
    for path in KINDS {
        let response = server.get(path).await?;
        check(path, &response)?;
        let hsts = response.headers()["strict-transport-security"].to_str()?;
        assert_eq!(hsts, "max-age=63072000; includeSubDomains", "{path}");
    }
    let script = server.get("/sw.js").await?;
    assert!(
        script.headers()["content-security-policy"]
            .to_str()?
            .ends_with("; upgrade-insecure-requests")
    );
    server.stop().await;
    Ok(())
}

/// The list that browsers are built with is for the owner of the domain to ask for; an address has no list.
#[tokio::test]
async fn n16_no_more_is_promised_of_https_than_was_said() -> Result {
    for (public, setting, said) in [
        ("https://send.example.test", "host", Some("max-age=63072000")),
        (
            "https://send.example.test",
            "subdomains",
            Some("max-age=63072000; includeSubDomains"),
        ),
        (
            "https://send.example.test",
            "preload",
            Some("max-age=63072000; includeSubDomains; preload"),
        ),
        ("https://send.example.test", "off", None),
        ("https://192.0.2.1", "host", None),
        ("https://[2001:db8::1]", "preload", None),
        ("http://send.example.test", "preload", None),
    ] {
        let server = Server::start_with(&[("SEALDROP_PUBLIC_URL", public), ("SEALDROP_HSTS", setting)]).await?;
        let answer = server.get("/healthz").await?;
        let found = answer.headers().get("strict-transport-security");
        assert_eq!(found.and_then(|found| found.to_str().ok()), said, "{public} {setting}");
        server.stop().await;
    }
    Ok(())
}

#[tokio::test]
async fn violations_are_taken_and_forgotten() -> Result {
    let server = Server::start().await?;
    let report = serde_json::json!([{"type": "csp-violation", "body": {"effectiveDirective": "img-src"}}]);
    let post = |body: Vec<u8>| server.request(reqwest::Method::POST, "/_csp").body(body).send();
    assert_eq!(post(report.to_string().into_bytes()).await?.status(), 204);
    assert_eq!(post(b"no json".to_vec()).await?.status(), 400);
    assert_eq!(post(vec![b' '; 70_000]).await?.status(), 413);
    server.stop().await;
    Ok(())
}
