//! Whether an address is a user's cannot be told.

use std::path::Path;

use reqwest::{Method, Response};
use serde_json::json;
use tokio::time::Instant;

use super::browser::{Browser, SECRET, mails_are_sent, mails_are_sent_from, number_in};
use crate::harness::{Result, Server};

const SETTINGS: &[(&str, &str)] = &[("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_RATE_LIMITS", "off")];

async fn ask(server: &Server, email: &str, is_browser: bool) -> Result<Response> {
    let request = server.request(Method::POST, "/api/v1/auth/codes");
    let request = if is_browser {
        request.header("origin", &server.base)
    } else {
        request
    };
    Ok(request
        .json(&json!({"purpose": "sign-in", "email": email}))
        .send()
        .await?)
}

/// Status, headers and body, but for what is random in each.
async fn seen(answer: Response) -> Result<String> {
    let challenge = |text: &str| {
        let mut kept = String::new();
        for word in text.split_inclusive(|one: char| !(one.is_ascii_alphanumeric() || "-_".contains(one))) {
            kept.push_str(if word.trim_end_matches(['"', ';', ',']).len() == 43 {
                "CHALLENGE"
            } else {
                word
            });
        }
        kept
    };
    let status = answer.status();
    let mut headers: Vec<String> = answer
        .headers()
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", challenge(value.to_str().unwrap_or_default())))
        .collect();
    headers.sort();
    let body = challenge(&answer.text().await?);
    Ok(format!("{status}\n{}\n\n{body}", headers.join("\n")))
}

#[tokio::test]
async fn a04_r13_known_and_unknown_addresses_hear_the_same() -> Result {
    let mut settings = SETTINGS.to_vec();
    let open = Server::start_with(&settings).await?;
    Browser::of(&open).sign_in("known@x.test").await?;
    settings.push(("SEALDROP_SIGN_UP", "off"));
    let folder = open.stop_and_keep().await;
    let data = folder.path().join("data").to_string_lossy().into_owned();
    settings.push(("SEALDROP_DATA", &data));
    let server = Server::start_with(&settings).await?;
    for is_browser in [true, false] {
        // Past what an address may have, too.
        for n in 0..12 {
            let known = seen(ask(&server, "known@x.test", is_browser).await?).await?;
            let unknown = seen(ask(&server, "unkno@x.test", is_browser).await?).await?;
            assert_eq!(known, unknown, "request {n}");
            assert!(known.contains("CHALLENGE") && known.starts_with("202"), "{known}");
        }
    }
    mails_went_to_the_user_alone(Path::new(&data)).await?;
    server.stop().await;
    Ok(())
}

/// To the user five (the sign-in before is one of them), to the stranger none.
async fn mails_went_to_the_user_alone(data: &Path) -> Result {
    mails_are_sent_from(data).await?;
    let count = async |condition: &str| {
        let sql = format!("SELECT COUNT(*) FROM mails WHERE {condition}");
        number_in(data, &sql).await
    };
    assert_eq!(count("state = 'sent' AND canonical = 'unkno@x.test'").await?, 0);
    assert_eq!(count("state = 'sent' AND canonical = 'known@x.test'").await?, 5);
    assert_eq!(count("state = 'expired'").await?, 2 * 24 - 4);
    Ok(())
}

/// Mann-Whitney over 2 × 1,000 requests; by hand, because a time decides nothing in a test: `scripts/soak.sh` prints it.
#[tokio::test]
#[ignore = "compares times: by hand on a quiet machine"]
async fn a04_known_and_unknown_addresses_take_the_same_time() -> Result {
    const EACH: usize = 1_000;
    let server = Server::start_with(SETTINGS).await?;
    Browser::of(&server).sign_in("known@x.test").await?;
    let mut took: Vec<(u128, bool)> = Vec::new();
    for n in 0..2 * EACH {
        let is_known = n % 2 == 0;
        let email = if is_known { "known@x.test" } else { "unkno@x.test" };
        let began = Instant::now();
        assert_eq!(ask(&server, email, true).await?.status(), 202);
        took.push((began.elapsed().as_nanos(), is_known));
    }
    mails_are_sent(&server).await?;
    took.sort_unstable();
    let ranks: f64 = (1_u32..)
        .zip(&took)
        .filter(|(_, (_, is_known))| *is_known)
        .map(|(rank, _)| f64::from(rank))
        .sum();
    let n = EACH as f64;
    let (mean, deviation) = (n * (2.0 * n + 1.0) / 2.0, (n * n * (2.0 * n + 1.0) / 12.0).sqrt());
    let z = (ranks - mean) / deviation;
    // Two-sided, by the normal approximation (Abramowitz and Stegun 7.1.26).
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ];
    let p = series.iter().fold(0.0, |sum, factor| (sum + factor) * t) * (-x * x).exp();
    println!("a04: 2 x {EACH} requests, z = {z:.3}, p = {p:.3}");
    assert!(p > 0.01, "z = {z}, p = {p}");
    server.stop().await;
    Ok(())
}
