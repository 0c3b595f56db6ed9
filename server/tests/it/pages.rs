//! Pages: rendered with a nonce, the same for every link, and honest when there is no web app.

use reqwest::{Method, StatusCode};

use crate::{
    harness::{Result, Server, client},
    site::build,
};

async fn served() -> Result<(tempfile::TempDir, Server)> {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    std::fs::create_dir(&site)?;
    build(&site)?;
    let server = Server::start_with(&[("SEALDROP_SITE", &site.to_string_lossy())]).await?;
    Ok((folder, server))
}

/// The nonce that a policy names, and the page with the nonce taken out.
async fn page(server: &Server, path: &str, status: StatusCode) -> Result<(String, String)> {
    let response = server.get(path).await?;
    assert_eq!(response.status(), status, "{path}");
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8", "{path}");
    assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
    let policy = response.headers()["content-security-policy"].to_str()?.to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .ok_or("a nonce")?
        .to_owned();
    assert!(nonce.len() >= 22, "128 bits: {nonce}");
    let text = response.text().await?;
    assert!(
        text.contains(&format!("nonce=\"{nonce}\"")),
        "{path}: the page's script carries the nonce"
    );
    for script in text.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        assert!(tag.contains(&nonce), "{path}: a script without the nonce: {tag}");
    }
    assert!(!text.contains(" style="), "{path}: the policy blocks style attributes");
    Ok((nonce.clone(), text.replace(&nonce, "")))
}

#[tokio::test]
async fn pages_load_the_built_files_under_a_fresh_nonce() -> Result {
    let (_folder, server) = served().await?;
    let (first, text) = page(&server, "/", StatusCode::OK).await?;
    for asset in [
        "/pkg/app.0123abcd.js",
        "/pkg/app_bg.4567cdef.wasm",
        "/pkg/app.89ab0123.css",
    ] {
        assert!(text.contains(asset), "{asset}");
    }
    let (second, again) = page(&server, "/", StatusCode::OK).await?;
    assert_ne!(first, second);
    assert_eq!(text, again, "nothing but the nonce changes");
    // Browsers load what hashes to this, and nothing else (N16).
    for asked in [
        r#">{"integrity":{"/pkg/app.0123abcd.js":"sha384-anyJ","/pkg/__wasm_split.0123abcd.js":"sha384-anyS"}}</script>"#,
        r#"href="/pkg/app.0123abcd.js" integrity="sha384-anyJ""#,
        r#"href="/pkg/app.89ab0123.css" integrity="sha384-anyC""#,
        r#"sealdropStart(import("/pkg/app.0123abcd.js"),"/pkg/app_bg.4567cdef.wasm","sha384-anyW")"#,
    ] {
        assert!(text.contains(asked), "{asked}\n{text}");
    }
    // What a page shows first is asked for with it, and nothing of another page.
    let preloads = |text: &str, part: &str| text.contains(&format!(r#"rel="preload" href="/pkg/split_{part}"#));
    let (_, link) = page(&server, "/d/AAAAAAAAAAAAAAAAAAAAAA", StatusCode::OK).await?;
    assert!(
        preloads(&text, "send.aaaa1111.wasm") && !preloads(&text, "receive"),
        "{text}"
    );
    assert!(
        preloads(&link, "receive.bbbb2222.wasm") && !preloads(&link, "send"),
        "{link}"
    );
    let (map, preload) = (text.find("type=\"importmap\""), text.find("rel=\"modulepreload\""));
    assert!(map.is_some() && map < preload, "a map that comes later is not heeded");
    page(&server, "/sent", StatusCode::OK).await?;
    page(&server, "/security", StatusCode::OK).await?;
    server.stop().await;
    Ok(())
}

/// What a preview program or a search engine reads of a page.
fn described(page: &str) -> (bool, bool, Option<&str>) {
    let image = page
        .split("property=\"og:image\" content=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let described = page.contains("name=\"description\"") && page.contains("property=\"og:title\"");
    (described, page.contains("content=\"noindex\""), image)
}

#[tokio::test]
async fn previews_are_told_of_every_page_and_search_engines_of_links_to_stay_away() -> Result {
    let (folder, server) = served().await?;
    let image = format!("{}/icon-512.png", server.base);
    for (path, is_link) in [
        ("/", false),
        ("/security", false),
        ("/cli", false),
        ("/d/AAAAAAAAAAAAAAAAAAAAAA", true),
    ] {
        let (_, text) = page(&server, path, StatusCode::OK).await?;
        assert_eq!(described(&text), (true, is_link, Some(image.as_str())), "{path}");
        assert!(!text.contains("sealdrop-source"), "{path}");
    }
    server.stop().await;
    let site = folder.path().join("site");
    let server = Server::start_with(&[
        ("SEALDROP_SITE", &site.to_string_lossy()),
        ("SEALDROP_PUBLIC_URL", "https://send.example.org"),
        ("SEALDROP_SOURCE_URL", "https://git.example.org/sealdrop"),
    ])
    .await?;
    let (_, text) = page(&server, "/cli", StatusCode::OK).await?;
    assert_eq!(described(&text).2, Some("https://send.example.org/icon-512.png"));
    assert!(text.contains("git clone https://git.example.org/sealdrop sealdrop"));
    assert!(text.contains("<meta name=\"sealdrop-source\" content=\"https://git.example.org/sealdrop\""));
    server.stop().await;
    Ok(())
}

/// What an operator says of themselves is on every page, as text; who says nothing is not named.
#[tokio::test]
async fn who_runs_the_server_is_said_if_they_say_it() -> Result {
    let (folder, server) = served().await?;
    let pages = ["/", "/d/AAAAAAAAAAAAAAAAAAAAAA", "/security"];
    for path in pages {
        let (_, text) = page(&server, path, StatusCode::OK).await?;
        for name in ["sealdrop-operator", "sealdrop-abuse", "foot-operator", "foot-abuse"] {
            assert!(!text.contains(name), "{path} has {name}");
        }
    }
    server.stop().await;
    let site = folder.path().join("site");
    let server = Server::start_with(&[
        ("SEALDROP_SITE", &site.to_string_lossy()),
        ("SEALDROP_OPERATOR", "\"<b>Files & Co</b>"),
        ("SEALDROP_ABUSE_CONTACT", "abuse@example.org"),
    ])
    .await?;
    for path in pages {
        let (_, text) = page(&server, path, StatusCode::OK).await?;
        assert!(!text.contains("<b>Files"), "{path}");
        assert!(
            text.contains("Run by \"&lt;b&gt;Files &amp; Co&lt;/b&gt;"),
            "{path}: {text}"
        );
        assert!(text.contains("href=\"mailto:abuse@example.org\""), "{path}");
        assert!(
            text.contains("<meta name=\"sealdrop-abuse\" content=\"mailto:abuse@example.org\""),
            "{path}"
        );
        let meta = "<meta name=\"sealdrop-operator\" content=\"&quot;";
        assert!(text.contains(meta), "{path}: {text}");
    }
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn the_page_of_a_link_is_the_same_for_every_link() -> Result {
    let (_folder, server) = served().await?;
    let (_, one) = page(&server, "/d/AAAAAAAAAAAAAAAAAAAAAA", StatusCode::OK).await?;
    for other in ["/d/__________________8w", "/d/canary", "/d/%3Ccanary%3E"] {
        let (_, text) = page(&server, other, StatusCode::OK).await?;
        assert!(text == one, "{other} differs from another link's page");
    }
    assert!(!one.contains("AAAAAAAA") && !one.contains("canary"));
    server.stop().await;
    Ok(())
}

/// Mail programs write `#` as `%23`: only the page can put such a link right, and nothing on the way may repeat its key.
#[tokio::test]
async fn x11_a_key_in_the_path_gets_the_page_of_a_link_and_is_not_repeated() -> Result {
    let (_folder, server) = served().await?;
    let (_, one) = page(&server, "/d/AAAAAAAAAAAAAAAAAAAAAA", StatusCode::OK).await?;
    for other in [
        "/d/AAAAAAAAAAAAAAAAAAAAAA%23canary",
        "/d/AAAAAAAAAAAAAAAAAAAAAA%23canary%2Dx",
        "/d/AAAAAAAAAAAAAAAAAAAAAA%23canary/",
        "/d/AAAAAAAAAAAAAAAAAAAAAA%2523canary",
        "/d/AAAAAAAAAAAAAAAAAAAAAA/%23canary",
        "/d/AAAAAAAAAAAAAAAAAAAAAA%2F%23canary",
        "/d/AAAAAAAAAAAAAAAAAAAAAA%23canary?fbclid=x",
        "/d/AAAAAAAAAAAAAAAAAAAAAA?fbclid=x%23canary",
        "/d/AAAAAAAAAAAAAAAAAAAAAA/?fbclid=x%23canary",
    ] {
        let response = client()?.get(format!("{}{other}", server.base)).send().await?;
        for (name, value) in response.headers() {
            assert!(
                !value.as_bytes().windows(6).any(|part| part == b"canary"),
                "{other}: the key in {name}"
            );
        }
        let (_, text) = page(&server, other, StatusCode::OK).await?;
        assert!(text == one, "{other} differs from another link's page");
    }
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn x06_x07_other_spellings_of_an_address_lead_to_it() -> Result {
    let (_folder, server) = served().await?;
    for (written, right) in [
        ("/security/", "/security"),
        ("//cli", "/cli"),
        ("/sent//?x=1", "/sent?x=1"),
        ("/d/AAAAAAAAAAAAAAAAAAAAAA/", "/d/AAAAAAAAAAAAAAAAAAAAAA"),
        ("/d/AAAAAAAAAAAAAAAAAAAAAA/?x=1", "/d/AAAAAAAAAAAAAAAAAAAAAA"),
        ("/d/AAAAAAAAAAAAAAAAAAAAAA?utm=canary", "/d/AAAAAAAAAAAAAAAAAAAAAA"),
        ("/robots.txt/", "/robots.txt"),
        ("/no-such-page/", "/no-such-page"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let response = server.request(method, written).send().await?;
            assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT, "{written}");
            assert_eq!(response.headers()["location"], right, "{written}");
            assert_eq!(response.headers()["cache-control"], "no-store", "{written}");
        }
        assert!(!server.get(right).await?.status().is_redirection(), "{right}");
    }
    let posted = server.request(Method::POST, "/security/").send().await?;
    assert!(!posted.status().is_redirection(), "what has a body goes nowhere else");
    let api = server.get("/api/v1/limits/").await?;
    assert_eq!(api.status(), StatusCode::NOT_FOUND, "the API is as it is written");
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn x01_every_page_carries_the_shape_of_its_application() -> Result {
    let (_folder, server) = served().await?;
    for path in ["/", "/d/AAAAAAAAAAAAAAAAAAAAAA", "/sent", "/security", "/cli"] {
        let (_, text) = page(&server, path, StatusCode::OK).await?;
        assert_eq!(text.matches("<div id=\"app\" data-shape=\"").count(), 1, "{path}");
    }
    // Its address may mean something to the browser's router: there it is drawn anew.
    let (_, text) = page(&server, "/no-such-page", StatusCode::NOT_FOUND).await?;
    assert!(text.contains("<div id=\"app\">"));
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn an_address_that_means_nothing_is_not_repeated() -> Result {
    let (_folder, server) = served().await?;
    let (_, text) = page(&server, "/canary?canary", StatusCode::NOT_FOUND).await?;
    assert!(!text.contains("canary"));
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn without_a_web_app_the_page_says_how_to_build_it() -> Result {
    let folder = tempfile::tempdir()?;
    let server = Server::start_with(&[("SEALDROP_SITE", &folder.path().to_string_lossy())]).await?;
    for path in ["/", "/d/AAAAAAAAAAAAAAAAAAAAAA"] {
        let response = server.get(path).await?;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.text().await?.contains("make site"));
    }
    assert_eq!(
        server.get("/api/v1/limits").await?.status(),
        StatusCode::OK,
        "the API works all the same"
    );
    server.stop().await;
    Ok(())
}
