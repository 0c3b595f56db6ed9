//! What a public server without a transport says of mail.

use serde_json::Value;

use crate::{
    harness::{Result, Server},
    life::{Process, run, text},
};

const PUBLIC: (&str, &str) = ("SEALDROP_PUBLIC_URL", "https://files.test");

/// Report 3: a public server whose mail reaches nobody says so wherever an operator looks, and serves.
#[tokio::test]
async fn m03_a_public_server_without_a_transport_says_that_nobody_can_sign_in() -> Result {
    let said = |body: &Value| body["mail"].as_str().unwrap_or_default().to_owned();
    let server = Server::start_with(&[PUBLIC]).await?;
    let ready = server.get("/readyz").await?;
    assert_eq!(ready.status(), 200);
    let body: Value = serde_json::from_str(&ready.text().await?)?;
    assert!(said(&body).contains("nobody can sign in"), "{body}");
    server.stop().await;
    let real = [
        PUBLIC,
        ("MAIL_URL", "smtp://127.0.0.1:1?tls=none"),
        ("MAIL_FROM", "mail@files.test"),
    ];
    let server = Server::start_with(&real).await?;
    let body: Value = serde_json::from_str(&server.get("/readyz").await?.text().await?)?;
    assert_eq!(body["mail"], Value::Null);
    server.stop().await;

    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let process = Process::start(&data, &[PUBLIC])?;
    let (status, _, logged) = process.end()?;
    assert!(status.success() && logged.contains("nobody can sign in"), "{logged}");
    let checked = run(&data, &["doctor"], &[PUBLIC])?;
    let line = text(&checked.stdout)
        .lines()
        .find(|line| line.starts_with("mail"))
        .unwrap_or_default()
        .to_owned();
    assert!(
        line.contains("warning") && line.contains("nobody else can sign in"),
        "{line}"
    );
    let checked = run(&data, &["doctor"], &real)?;
    assert!(
        text(&checked.stdout).contains("127.0.0.1:1 does not answer"),
        "{checked:?}"
    );
    Ok(())
}
