//! `mail --check`: one test message on the way that all mail takes.

use std::{io, process::ExitCode, time::Duration};

use sealdrop_mail::{EmailAddress, MailId};
use sealdrop_service::{DatabaseConfig, MailRow, MailState, Outbox};
use serde_json::json;

use crate::{
    commands::{
        operator::operator,
        output::{fail, say},
    },
    config::Config,
    mail::describe,
};

/// One whole send, and the worker's second before it.
const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(super) async fn check(config: &Config, to: EmailAddress, json: bool) -> ExitCode {
    let outbox = match Outbox::open(&DatabaseConfig::new(config.database.url.expose())).await {
        Ok(outbox) => outbox,
        Err(error) => return fail(&error),
    };
    let id = match outbox.add_test(to, &operator()).await {
        Ok(id) => id,
        Err(error) => return fail(&error),
    };
    let ended = tokio::time::timeout(PATIENCE, wait(&outbox, id)).await;
    let row = match ended {
        Ok(Ok(row)) => Some(row),
        Ok(Err(error)) => return fail(&error),
        Err(_) => None,
    };
    let is_sent = row.as_ref().is_some_and(|row| row.state == MailState::Sent);
    if json {
        say(json!({
            "id": id.to_string(),
            "state": row.as_ref().map_or("waiting", |row| row.state.name()),
            "transport": row.as_ref().and_then(|row| row.transport.clone()),
            "error": row.as_ref().and_then(|row| row.error.clone()),
        }));
    } else {
        say(told(config, row.as_ref()));
    }
    if is_sent { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Until it is sent, given up, or was tried once and waits.
async fn wait(outbox: &Outbox, id: MailId) -> io::Result<MailRow> {
    loop {
        let row = outbox.find(id).await.map_err(io::Error::other)?;
        match row {
            Some(row) if row.state != MailState::Waiting || row.error.is_some() => return Ok(row),
            Some(_) => tokio::time::sleep(LOOK_EVERY).await,
            None => return Err(io::Error::other("the mail's row is gone")),
        }
    }
}

fn told(config: &Config, row: Option<&MailRow>) -> String {
    let Some(row) = row else {
        return "no worker has sent it: is the server running, or `sealdrop-server work`?".to_owned();
    };
    let error = row.error.as_deref().unwrap_or("no reason given");
    match row.state {
        MailState::Sent if row.transport.as_deref() == Some("memory") => {
            "it stays in the server's memory: `sealdrop-server mail` shows it".to_owned()
        }
        MailState::Sent => format!(
            "taken over by {}; look at what arrives: it has no link, so a link in it was added on the way",
            row.transport.as_deref().unwrap_or("the transport")
        ),
        MailState::Waiting => format!("not sent yet ({}): {error}. It is tried again", describe(config)),
        MailState::Failed | MailState::Expired => format!("not sent ({}): {error}", describe(config)),
    }
}
