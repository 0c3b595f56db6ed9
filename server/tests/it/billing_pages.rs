//! The pages of plans and payments, over HTTP: who sees what, and what they load.

use reqwest::{Method, Response, StatusCode};
use sealdrop_test_support::razorpay::{KEY_SECRET, RazorpayDouble, TEST_KEY, WEBHOOK_SECRET};

use crate::{
    auth::{Browser, SECRET, change, number},
    harness::{Result, Server},
    site::build,
};

const PLAN: &str = "INSERT INTO plans (name, storage_bytes, price, period_months, on_sale) VALUES ('plus', 100000000000, 12345600, 1, 1)";
const PAGES: [&str; 3] = ["/plans", "/billing", "/billing/invoices/AAAAAAAAAAAAAAAAAAAAAA"];

async fn served(keys: bool) -> Result<(tempfile::TempDir, RazorpayDouble, Server)> {
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    std::fs::create_dir(&site)?;
    build(&site)?;
    let site = site.to_string_lossy().into_owned();
    let double = RazorpayDouble::start().await?;
    let mut settings = vec![
        ("SEALDROP_AUTH_SECRET", SECRET),
        ("SEALDROP_RATE_LIMITS", "off"),
        ("SEALDROP_SITE", &*site),
    ];
    if keys {
        settings.extend([
            ("RAZORPAY_KEY_ID", TEST_KEY),
            ("RAZORPAY_KEY_SECRET", KEY_SECRET),
            ("RAZORPAY_WEBHOOK_SECRET", WEBHOOK_SECRET),
            ("RAZORPAY_API_URL", &double.url),
        ]);
    }
    let server = Server::start_with(&settings).await?;
    if keys {
        change(&server, PLAN).await?;
    }
    Ok((folder, double, server))
}

fn leads_to(answer: &Response) -> &str {
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
    location.unwrap_or("nowhere")
}

#[tokio::test]
async fn without_keys_there_are_no_plans_and_no_way_to_them() -> Result {
    let (_folder, _double, server) = served(false).await?;
    let mut browser = Browser::of(&server);
    browser.sign_in("ann@x.test").await?;
    for path in PAGES {
        assert_eq!(browser.get(path).await?.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(server.get(path).await?.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/", "/account", "/security", "/no"] {
        let text = browser.get(path).await?.text().await?;
        for word in ["/plans", "/billing", "sealdrop-plans", "test-banner"] {
            assert!(!text.contains(word), "{path} has {word}");
        }
    }
    for path in [
        "/_ui/billing/order",
        "/_ui/billing/cancel-order",
        "/_ui/billing/cancel-plan",
    ] {
        let answer = browser.form(path, "plan=plus").await?;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    server.stop().await;
    Ok(())
}

/// W17: the pages that take orders load nothing of another origin, and no form of theirs leads to one.
#[tokio::test]
async fn w17_pages_of_payments_load_nothing_from_elsewhere() -> Result {
    let (_folder, _double, server) = served(true).await?;
    let mut browser = Browser::of(&server);
    browser.sign_in("ann@x.test").await?;
    let ordered = browser.form("/_ui/billing/order", "plan=plus").await?;
    assert_eq!(ordered.status(), StatusCode::SEE_OTHER);
    let order = leads_to(&ordered).to_owned();
    assert!(order.starts_with("/billing?pay="), "{order}");
    for path in ["/plans", "/billing", &order, &order.replace("pay=", "order=")] {
        let answer = browser.get(path).await?;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str()?.to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
        let nonce = nonce.ok_or("a nonce")?.to_owned();
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; \
                 object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-to csp"
            )
        );
        assert_eq!(
            (headers["cache-control"].to_str()?, headers["referrer-policy"].to_str()?),
            ("no-store", "same-origin")
        );
        let text = answer.text().await?;
        assert_eq!(text.matches("<script").count(), 1, "{path}: one script, our own");
        assert!(text.contains(&format!("<script nonce=\"{nonce}\">")));
        assert!(!text.contains("<iframe") && !text.contains("<object"), "{path}");
        assert!(
            text.contains("no money moves") && text.contains("₹1,23,456"),
            "{path}: {text}"
        );
    }
    // Without scripts the browser looks again by itself while there is something to wait for.
    let waits = browser.get(&order).await?.text().await?;
    assert!(waits.contains("<noscript><meta http-equiv=\"refresh\""), "{waits}");
    assert!(!browser.get("/billing").await?.text().await?.contains("http-equiv"));
    server.stop().await;
    Ok(())
}

/// W08: an order, an invoice, and what may be done with them, are their user's alone.
#[tokio::test]
async fn w08_nobody_sees_or_changes_what_another_ordered() -> Result {
    let (_folder, _double, server) = served(true).await?;
    let (mut ann, mut bob) = (Browser::of(&server), Browser::of(&server));
    ann.sign_in("ann@x.test").await?;
    bob.sign_in("bob@x.test").await?;
    let ordered = ann.form("/_ui/billing/order", "plan=plus").await?;
    let order = leads_to(&ordered).rsplit('=').next().unwrap_or_default().to_owned();
    for path in [
        format!("/billing?pay={order}"),
        format!("/billing?order={order}"),
        PAGES[2].to_owned(),
        "/billing?order=x".to_owned(),
        "/billing/invoices/x".to_owned(),
    ] {
        let answer = bob.get(&path).await?;
        assert_eq!(
            (answer.status(), leads_to(&answer)),
            (StatusCode::SEE_OTHER, "/billing"),
            "{path}"
        );
    }
    assert!(!bob.get("/billing").await?.text().await?.contains(&order));
    bob.form("/_ui/billing/cancel-order", &format!("order={order}")).await?;
    assert_eq!(
        number(&server, "SELECT COUNT(*) FROM orders WHERE state IN ('new', 'open')").await?,
        1
    );
    // Who is not signed in is led there, and back.
    let guest = server.get("/billing").await?;
    assert_eq!((guest.status(), leads_to(&guest)), (StatusCode::SEE_OTHER, "/signin"));
    let mut guest = Browser::of(&server);
    let answer = guest.form("/_ui/billing/order", "plan=plus").await?;
    assert_eq!(leads_to(&answer), "/signin");
    assert_eq!(guest.cookies.get("next").map(String::as_str), Some("plans"));
    assert!(
        guest
            .get("/signin")
            .await?
            .text()
            .await?
            .contains("<meta name=\"sealdrop-next\" content=\"/plans\"")
    );
    guest.cookies.insert("next".to_owned(), "//evil.test".to_owned());
    assert!(
        !guest.get("/signin").await?.text().await?.contains("evil"),
        "a closed list"
    );
    assert_eq!(number(&server, "SELECT COUNT(*) FROM orders").await?, 1);
    // What is not sold is said, and a plan is named by no markup.
    let gone = ann.form("/_ui/billing/order", "plan=%3Cb%3E").await?;
    assert_eq!(leads_to(&gone), "/plans");
    let text = ann.get("/plans").await?.text().await?;
    assert!(text.contains("data-notice=\"plan-gone\""), "{text}");
    assert!(
        !ann.get("/plans").await?.text().await?.contains("data-notice"),
        "it is said once"
    );
    assert_eq!(
        server.request(Method::HEAD, "/plans").send().await?.status(),
        StatusCode::OK
    );
    server.stop().await;
    Ok(())
}
