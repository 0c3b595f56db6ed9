//! Mail of a whole installation: what stays in memory, what leaves by SMTP and by Brevo, and what operators see.

use std::process::Output;

use anyhow::{Context as _, ensure};
use sealdrop_test_support::{
    installation::TestInstallation,
    mail::{BrevoAnswer, BrevoDouble, SmtpDouble, SmtpScript},
    postgres,
};
use serde_json::Value;

fn tool(setup: &TestInstallation, arguments: &[&str]) -> anyhow::Result<Output> {
    Ok(setup.server_tool(arguments)?.output()?)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(setup: &TestInstallation, arguments: &[&str]) -> anyhow::Result<Value> {
    let output = tool(setup, arguments)?;
    serde_json::from_slice(&output.stdout).with_context(|| format!("{output:?}"))
}

async fn ready(setup: &TestInstallation) -> anyhow::Result<(u16, Value)> {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let said = reqwest::get(format!("{}/readyz", setup.address())).await?;
    Ok((said.status().as_u16(), serde_json::from_str(&said.text().await?)?))
}

/// What it logged from its start on.
fn log(setup: &TestInstallation) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(setup.path("server.log"))?)
}

/// Report 3: what stays in memory is for the operator, and in no log.
async fn memory(database: Option<String>) -> anyhow::Result<()> {
    let mut setup = TestInstallation::new(database)?;
    setup.start(None)?;
    let (status, body) = ready(&setup).await?;
    ensure!(
        status == 200 && body["mail"].is_null(),
        "on a machine of one's own it is what a first run needs: {body}"
    );
    ensure!(said(&tool(&setup, &["mail"])?).contains("no mail waits"));
    let checked = tool(&setup, &["mail", "--check", "Marker@x.test"])?;
    ensure!(
        checked.status.success() && said(&checked).contains("sealdrop-server mail"),
        "{checked:?}"
    );
    let kept = tool(&setup, &["mail"])?;
    ensure!(
        said(&kept).contains("to Marker@x.test") && said(&kept).contains("This is a test message"),
        "{kept:?}"
    );
    let kept = json(&setup, &["mail", "--json"])?;
    ensure!(kept.as_array().is_some_and(|all| all.len() == 1), "{kept}");
    let listed = json(&setup, &["mails", "list", "--json"])?;
    let mail = &listed[0];
    ensure!(
        mail["to"] == "Marker@x.test" && mail["state"] == "sent" && mail["transport"] == "memory",
        "{listed}"
    );
    ensure!(mail["id"] == kept[0]["id"], "{listed} {kept}");
    // Whoever has no token hears nothing.
    let url = format!("{}/_operator/mails", setup.address());
    for token in [String::new(), "x".repeat(43)] {
        let refused = reqwest::Client::new().get(&url).bearer_auth(token).send().await?;
        ensure!(refused.status() == 404, "{refused:?}");
        ensure!(!refused.text().await?.contains("Marker"));
    }
    setup.stop()?;
    let log = log(&setup)?;
    ensure!(log.contains("a mail waits"), "{log}");
    ensure!(
        !log.to_lowercase().contains("marker") && !log.contains("test message"),
        "{log}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn m03_what_stays_in_memory_is_the_operators_sqlite() {
    memory(None).await.expect("memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn m03_what_stays_in_memory_is_the_operators_postgres() {
    memory(Some(postgres::fresh_database().await)).await.expect("memory");
}

/// The provider closes the account: mail takes the other way, `/readyz` says why.
async fn closed(database: Option<String>) -> anyhow::Result<()> {
    let brevo = BrevoDouble::start().await?;
    let relay = SmtpDouble::start(SmtpScript::default()).await?;
    let fallback = format!("smtp://127.0.0.1:{}?tls=none", relay.port);
    let mut setup = TestInstallation::new(database)?.with_settings(&[
        ("MAIL_FROM", "Sealdrop <mail@send.test>"),
        ("MAIL_URL", "brevo:"),
        ("BREVO_API_KEY", BrevoDouble::KEY),
        ("BREVO_API_URL", &brevo.url),
        ("MAIL_FALLBACK_URL", &fallback),
    ]);
    setup.start(None)?;
    let first = json(&setup, &["mail", "--check", "ann@x.test", "--json"])?;
    ensure!(first["state"] == "sent" && first["transport"] == "brevo", "{first}");
    ensure!(ready(&setup).await?.1["mail"].is_null());
    brevo.answer([BrevoAnswer::Error(401, "unauthorized")]);
    for number in 1..=2 {
        let other = json(&setup, &["mail", "--check", "ann@x.test", "--json"])?;
        ensure!(other["state"] == "sent" && other["transport"] == "smtp", "{other}");
        ensure!(relay.sessions().len() == number);
    }
    ensure!(brevo.requests().len() == 2, "an account that is closed was asked again");
    let (status, body) = ready(&setup).await?;
    ensure!(
        status == 200 && body["mail"] == "brevo 401 unauthorized; mail goes out by smtp",
        "{body}"
    );
    let refused = tool(&setup, &["mail"])?;
    ensure!(!refused.status.success(), "{refused:?}");
    setup.stop()?;
    let log = log(&setup)?;
    ensure!(!log.contains("ann@x.test") && !log.contains(BrevoDouble::KEY), "{log}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn e03_a_closed_account_is_said_and_mail_takes_the_other_way_sqlite() {
    closed(None).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn e03_a_closed_account_is_said_and_mail_takes_the_other_way_postgres() {
    closed(Some(postgres::fresh_database().await)).await.expect("closed");
}
