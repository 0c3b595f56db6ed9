//! The built web app as files: forms, names, freshness.

use std::{fs, path::Path};

use reqwest::{Method, Response, StatusCode};

use crate::harness::{Result, Server};

/// A small site in the shape of a built one.
pub(crate) fn build(folder: &Path) -> Result<()> {
    let files: &[(&str, &[u8])] = &[
        (
            "assets.json",
            br#"{"js":{"path":"/pkg/app.0123abcd.js","integrity":"sha384-anyJ"},
            "split":{"path":"/pkg/__wasm_split.0123abcd.js","integrity":"sha384-anyS"},
            "wasm":{"path":"/pkg/app_bg.4567cdef.wasm","integrity":"sha384-anyW"},
            "css":{"path":"/pkg/app.89ab0123.css","integrity":"sha384-anyC"},"build":"test",
            "parts":{"send":[{"path":"/pkg/split_send.aaaa1111.wasm","integrity":"sha384-anyP"}],
                "receive":[{"path":"/pkg/split_receive.bbbb2222.wasm","integrity":"sha384-anyR"}]}}"#,
        ),
        ("pkg/app.0123abcd.js", b"export const plain = 1;"),
        ("pkg/app.0123abcd.js.br", b"the brotli form"),
        ("pkg/app.0123abcd.js.gz", b"the gzip form"),
        ("pkg/app_bg.4567cdef.wasm", b"\0asm\x01\0\0\0"),
        ("pkg/app.89ab0123.css", b"body{}"),
        ("pkg/snippets/sealdrop-browser-1/worker.js", b"onmessage=()=>{}"),
        ("sw.js", b"self.onfetch=()=>{}"),
        ("robots.txt", b"User-agent: *\n"),
        ("favicon.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        (".secret", b"not for anybody"),
    ];
    for (path, content) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().ok_or("a folder")?)?;
        fs::write(path, content)?;
    }
    fs::write(folder.join("../outside.txt"), "outside")?;
    Ok(())
}

async fn served() -> Result<(tempfile::TempDir, Server)> {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    build(&site)?;
    let server = Server::start_with(&[("SEALDROP_SITE", &site.to_string_lossy())]).await?;
    Ok((folder, server))
}

async fn get(server: &Server, path: &str, accept: &str) -> Result<Response> {
    Ok(server
        .request(Method::GET, path)
        .header("accept-encoding", accept)
        .send()
        .await?)
}

#[tokio::test]
async fn a_client_gets_the_form_that_it_takes() -> Result {
    let (_folder, server) = served().await?;
    let path = "/pkg/app.0123abcd.js";
    let mut etags = Vec::new();
    for (accept, encoding, body) in [
        ("gzip, deflate, br, zstd", Some("br"), "the brotli form"),
        ("gzip, deflate", Some("gzip"), "the gzip form"),
        ("br;q=0", None, "export const plain = 1;"),
    ] {
        let response = get(&server, path, accept).await?;
        let headers = response.headers().clone();
        assert_eq!(
            headers
                .get("content-encoding")
                .map(|value| value.to_str())
                .transpose()?,
            encoding
        );
        assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(
            headers["cache-control"],
            "public, max-age=31536000, immutable, no-transform"
        );
        assert_eq!(headers["vary"], "accept-encoding");
        etags.push(headers["etag"].clone());
        assert_eq!(response.text().await?, body);
    }
    assert!(
        etags[0] != etags[1] && etags[1] != etags[2],
        "every form has its own tag"
    );
    let again = server
        .request(Method::GET, path)
        .header("if-none-match", &etags[2])
        .send()
        .await?;
    assert_eq!(
        (again.status(), again.text().await?.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn names_say_how_long_a_file_is_kept_and_what_it_is() -> Result {
    let (_folder, server) = served().await?;
    for (path, content_type, cache) in [
        (
            "/pkg/app_bg.4567cdef.wasm",
            "application/wasm",
            "public, max-age=31536000, immutable, no-transform",
        ),
        (
            "/pkg/app.89ab0123.css",
            "text/css; charset=utf-8",
            "public, max-age=31536000, immutable, no-transform",
        ),
        (
            "/pkg/snippets/sealdrop-browser-1/worker.js",
            "text/javascript; charset=utf-8",
            "no-cache",
        ),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/robots.txt", "text/plain; charset=utf-8", "no-cache"),
    ] {
        let response = server.get(path).await?;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], content_type, "{path}");
        assert_eq!(response.headers()["cache-control"], cache, "{path}");
        let policy = response.headers()["content-security-policy"].to_str()?;
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
            "workers live under it too: {path} {policy}"
        );
    }
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn nothing_else_is_served() -> Result {
    let (_folder, server) = served().await?;
    for path in [
        "/.secret",
        "/pkg",
        "/%2e%2e/outside.txt",
        "/pkg/..%2f..%2foutside.txt",
        "/nothing.js",
    ] {
        let response = server.get(path).await?;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!response.text().await?.contains("outside"), "{path}");
    }
    assert_eq!(
        server.request(Method::POST, "/sw.js").send().await?.status(),
        StatusCode::NOT_FOUND
    );
    server.stop().await;
    Ok(())
}
