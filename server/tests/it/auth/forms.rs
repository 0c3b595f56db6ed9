//! Signing in and out by forms, as a browser without JavaScript does it, and what a page says of its visitor.

use reqwest::{Method, Response, StatusCode};
use sealdrop_server::routes::form_paths;

use super::browser::{Browser, SECRET, code_of, mails_are_sent, number};
use crate::{
    harness::{Result, Server},
    site::build,
};

const LINK: &str = "/d/AAAAAAAAAAAAAAAAAAAAAA";

async fn served(more: &[(&str, &str)]) -> Result<(tempfile::TempDir, Server)> {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    std::fs::create_dir(&site)?;
    build(&site)?;
    let site = site.to_string_lossy().into_owned();
    let mut settings = vec![
        ("SEALDROP_AUTH_SECRET", SECRET),
        ("SEALDROP_RATE_LIMITS", "off"),
        ("SEALDROP_SITE", &site),
    ];
    settings.extend_from_slice(more);
    let server = Server::start_with(&settings).await?;
    Ok((folder, server))
}

/// Where an answer leads.
fn leads_to(answer: &Response) -> &str {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
    location.unwrap_or("nowhere")
}

/// A page as the visitor gets it, without what is another at each time.
async fn page(browser: &mut Browser<'_>, path: &str) -> Result<String> {
    let answer = browser.get(path).await?;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let policy = answer.headers()["content-security-policy"].to_str()?.to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .ok_or("a nonce")?;
    Ok(answer.text().await?.replace(nonce, ""))
}

#[tokio::test]
async fn r05_a_form_signs_in_and_a_reload_comes_back_to_the_code() -> Result {
    let (_folder, server) = served(&[]).await?;
    let mut browser = Browser::of(&server);
    let first = page(&mut browser, "/signin").await?;
    assert!(
        first.contains(r#"action="/_ui/sign-in/code""#) && !first.contains("sealdrop-code"),
        "{first}"
    );
    let asked = browser.form("/_ui/sign-in/code", "email=Ann%40x.test").await?;
    assert_eq!(leads_to(&asked), "/signin");
    for _ in 0..2 {
        let text = page(&mut browser, "/signin").await?;
        assert!(
            text.contains(r#"data-screen="sign-in-code""#) && text.contains("Ann@x.test"),
            "{text}"
        );
    }
    mails_are_sent(&server).await?;
    let code = code_of(
        browser.cookies.get("challenge").ok_or("a challenge")?,
        "sign-in",
        SECRET,
    )?;
    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    assert_eq!(
        leads_to(&browser.form("/_ui/sign-in/session", &format!("code={wrong}")).await?),
        "/signin"
    );
    let text = page(&mut browser, "/signin").await?;
    assert!(
        text.contains(r#"data-problem="code-wrong""#) && text.contains("4 more tries"),
        "{text}"
    );
    assert!(
        !page(&mut browser, "/signin").await?.contains("data-problem"),
        "it is said once"
    );
    let typed = format!("code=+{}-{}+", &code[..4], &code[4..]);
    assert_eq!(
        leads_to(&browser.form("/_ui/sign-in/session", &typed).await?),
        "/account"
    );
    let text = page(&mut browser, "/account").await?;
    assert!(
        text.contains("Ann@x.test") && text.contains(r#"action="/_ui/sign-out""#),
        "{text}"
    );
    assert_eq!(leads_to(&browser.get("/signin").await?), "/account");
    assert!(!browser.cookies.contains_key("challenge"));

    let left = browser.form("/_ui/sign-out", "").await?;
    assert_eq!(leads_to(&left), "/signin");
    assert!(
        left.headers().get("clear-site-data").is_none(),
        "links that this browser keeps stay (row 18)"
    );
    assert_eq!(leads_to(&browser.get("/account").await?), "/signin");
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["device", "notice"]);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn what_a_form_gets_wrong_is_said_on_the_next_page() -> Result {
    let (_folder, server) = served(&[]).await?;
    let mut browser = Browser::of(&server);
    for (path, body, said) in [
        ("/_ui/sign-in/code", "email=nobody", "email-refused"),
        ("/_ui/sign-in/code", "", "email-refused"),
        ("/_ui/sign-in/session", "code=12345678", "code-ended"),
        ("/_ui/sign-in/session", "", "code-malformed"),
    ] {
        assert_eq!(leads_to(&browser.form(path, body).await?), "/signin", "{path} {body}");
        let text = page(&mut browser, "/signin").await?;
        assert!(
            text.contains(&format!("data-problem=\"{said}\"")),
            "{path} {body}: {text}"
        );
    }
    // What no form of ours sends is no name of a notice, and is not printed.
    browser.cookies.insert("notice".to_owned(), "<script>".to_owned());
    assert!(!page(&mut browser, "/signin").await?.contains("data-problem"));
    let forget = browser.form("/_ui/sign-in/code", "email=a%40x.test").await?;
    assert_eq!(leads_to(&forget), "/signin");
    browser.form("/_ui/sign-in/other", "").await?;
    assert!(
        page(&mut browser, "/signin")
            .await?
            .contains(r#"data-screen="sign-in""#)
    );
    server.stop().await;
    Ok(())
}

/// A08, row 23: forms stand behind the same layer, take only what a form sends, and the pages that have them name their origin.
#[tokio::test]
async fn r23_forms_of_other_sites_are_refused() -> Result {
    let (_folder, server) = served(&[]).await?;
    let form = "application/x-www-form-urlencoded";
    for path in form_paths() {
        for origin in ["null", "http://evil.test"] {
            let request = server.request(Method::POST, path).header("origin", origin);
            let answer = request
                .header("content-type", form)
                .body("email=a%40x.test")
                .send()
                .await?;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} from {origin}");
            assert!(answer.headers().get("set-cookie").is_none());
        }
    }
    let request = server
        .request(Method::POST, "/_ui/sign-in/code")
        .header("origin", &server.base);
    let answer = request
        .header("content-type", "text/plain")
        .body("email=a%40x.test")
        .send()
        .await?;
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(number(&server, "SELECT COUNT(*) FROM challenges").await?, 0);
    for (path, policy) in [
        ("/signin", "same-origin"),
        ("/", "no-referrer"),
        (LINK, "no-referrer"),
        ("/no", "no-referrer"),
    ] {
        let answer = server.get(path).await?;
        assert_eq!(answer.headers()["referrer-policy"], policy, "{path}");
        assert!(
            answer
                .text()
                .await?
                .contains(&format!(r#"<meta name="referrer" content="{policy}""#)),
            "{path}"
        );
    }
    server.stop().await;
    Ok(())
}

/// The page of a link is the same for all who are nobody, with or without other cookies; who is signed in sees so at once, everywhere.
#[tokio::test]
async fn a_page_knows_its_visitor_before_any_program_runs() -> Result {
    let (_folder, server) = served(&[]).await?;
    let mut browser = Browser::of(&server);
    let nobody = page(&mut browser, LINK).await?;
    browser.cookies.insert("session".to_owned(), "A".repeat(43));
    browser.cookies.insert("theme".to_owned(), "dark".to_owned());
    assert_eq!(page(&mut browser, LINK).await?, nobody);
    browser.cookies.clear();
    assert!(
        nobody.contains(r#"href="/signin""#) && !nobody.contains(r#"href="/account""#),
        "{nobody}"
    );
    browser.sign_in("ann@x.test").await?;
    for path in ["/", LINK, "/sent", "/security"] {
        let text = page(&mut browser, path).await?;
        assert!(
            text.contains(r#"href="/account""#) && !text.contains(r#"href="/signin""#),
            "{path}: {text}"
        );
    }
    let missing = browser.get("/no-such-page").await?.text().await?;
    assert!(missing.contains(r#"href="/account""#), "{missing}");
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn signing_in_at_another_address_leads_home() -> Result {
    let (_folder, server) = served(&[("SEALDROP_PUBLIC_URL", "https://drop.test")]).await?;
    let text = server.get("/signin").await?.text().await?;
    assert!(
        text.contains(r#"href="https://drop.test/signin""#) && !text.contains("/_ui/sign-in"),
        "{text}"
    );
    let at_home = server
        .request(Method::GET, "/signin")
        .header("host", "drop.test")
        .send()
        .await?
        .text()
        .await?;
    assert!(at_home.contains("/_ui/sign-in/code"), "{at_home}");
    server.stop().await;
    Ok(())
}
