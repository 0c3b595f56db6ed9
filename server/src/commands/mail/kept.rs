//! `mail`: what the memory transport of the running server kept.

use std::{fs, io, process::ExitCode};

use sealdrop_mail::KeptMail;
use time::OffsetDateTime;

use crate::{
    commands::{
        ask_running::ask_running_as,
        output::{fail, say, text},
    },
    config::{Config, MailTransport},
    mail::{KEPT_PATH, token::token_file},
};

pub(super) async fn show(config: &Config, json: bool) -> ExitCode {
    match ask(config).await {
        Ok(mails) if json => say(serde_json::json!(mails)),
        Ok(mails) if mails.is_empty() => say("no mail waits"),
        Ok(mails) => mails.iter().for_each(print),
        Err(error) => return fail(&io::Error::other(error)),
    }
    ExitCode::SUCCESS
}

async fn ask(config: &Config) -> Result<Vec<KeptMail>, String> {
    if !matches!(config.mail.transport, MailTransport::Memory) {
        return Err(
            "mail leaves this server, see MAIL_URL; `sealdrop-server mails list` says what became of it".to_owned(),
        );
    }
    let path = token_file(&config.data);
    let token = fs::read_to_string(&path)
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!(
                "no server that keeps mail in memory was started with this data folder ({}): run this where the server runs, or with its SEALDROP_DATA",
                config.data.display()
            ),
            _ => format!("{} cannot be read: {error}", path.display()),
        })?;
    let (is_good, said) = ask_running_as(config, KEPT_PATH, Some(token.trim())).await?;
    if !is_good {
        return Err("the server that answers is another one, or keeps no mail in memory".to_owned());
    }
    serde_json::from_str(&said).map_err(|error| format!("the server answers something else: {error}"))
}

/// What a mail program would show. Control characters of a terminal are none of ours.
fn print(mail: &KeptMail) {
    let at = OffsetDateTime::from_unix_timestamp(mail.made_at).map_or_else(|_| String::new(), text);
    let unsubscribe = mail.unsubscribe_url.as_ref();
    let unsubscribe = unsubscribe.map_or_else(String::new, |url| format!("\nList-Unsubscribe: <{url}>"));
    say(format_args!(
        "{at}  to {}\n{}{unsubscribe}\n\n{}",
        mail.to, mail.subject, mail.text
    ));
}
