//! SMTP, to a relay that delivers.
//!
//! Each mail has a connection of its own: one that is kept is closed by the server when it likes, and the next mail would fail.

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use futures::future::{BoxFuture, FutureExt as _};
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, TlsParameters},
    extension::{ClientId, Extension},
};
use tokio::time::timeout;

use super::{Checked, Mailer, SEND_TIMEOUT, SendError, Sent, circuit::Circuit};
use crate::{
    mail::Mail,
    message::message,
    sender::Sender,
    settings::{SmtpSettings, SmtpTls},
};

/// A whole check: an operator waits.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);
/// What a server is given to say goodbye, after the mail is its own.
const GOODBYE: Duration = Duration::from_secs(2);

/// Sends by SMTP.
pub struct SmtpMailer {
    settings: SmtpSettings,
    from: Sender,
    hello: ClientId,
    /// Open while the server refuses our name and password.
    circuit: Circuit,
}

impl SmtpMailer {
    /// `hello` is the name that the server hears from us: the public host, never the machine's own.
    #[must_use]
    pub fn new(settings: SmtpSettings, from: Sender, hello: Option<&str>) -> Self {
        let hello = match hello {
            None => ClientId::default(),
            Some(host) => match host.trim_matches(['[', ']']).parse() {
                Ok(std::net::IpAddr::V4(ip)) => ClientId::Ipv4(ip),
                Ok(std::net::IpAddr::V6(ip)) => ClientId::Ipv6(ip),
                Err(_) => ClientId::Domain(host.to_owned()),
            },
        };
        Self {
            settings,
            from,
            hello,
            circuit: Circuit::default(),
        }
    }

    async fn deliver(&self, mail: &Mail) -> Result<Sent, SendError> {
        self.circuit.check(Instant::now())?;
        let message = message(mail, &self.from)?;
        let mut connection = self.sign_in().await?;
        let knows_utf8 = connection.server_info().supports_feature(Extension::SmtpUtfEight);
        if mail.to.needs_smtputf8() && !knows_utf8 {
            tokio::spawn(say_goodbye(connection));
            return Err(SendError::permanent("smtputf8"));
        }
        let sent = connection.send(message.envelope(), &message.formatted()).await;
        sent.map_err(|error| failure(&error))?;
        self.circuit.close();
        tokio::spawn(say_goodbye(connection));
        Ok(Sent {
            by: self.name(),
            provider_id: None,
        })
    }

    /// Connects, with TLS where it is to be, and shows name and password.
    async fn sign_in(&self) -> Result<AsyncSmtpConnection, SendError> {
        let mut connection = self.connect().await.map_err(|error| failure(&error))?;
        if let Some((user, password)) = &self.settings.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            if let Err(error) = connection.auth(DEFAULT_MECHANISMS, &credentials).await {
                // What cannot be reached says nothing of the password.
                return Err(match error.status() {
                    Some(status) if error.is_permanent() => {
                        self.circuit.open(Instant::now(), format!("smtp-auth {status}"))
                    }
                    _ => failure(&error),
                });
            }
        }
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let SmtpSettings { host, port, tls, .. } = &self.settings;
        let server = (host.trim_matches(['[', ']']), *port);
        let parameters = || TlsParameters::new(host.clone());
        let wrapped = match tls {
            SmtpTls::Wrapped => Some(parameters()?),
            SmtpTls::StartTls | SmtpTls::None => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(SEND_TIMEOUT), &self.hello, wrapped, None).await?;
        if *tls == SmtpTls::StartTls {
            connection.starttls(parameters()?, &self.hello).await?;
        }
        Ok(connection)
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<Sent, SendError>> {
        // The library's own timeout is one for each step.
        let sending = timeout(SEND_TIMEOUT, self.deliver(mail));
        sending
            .map(|sent| sent.unwrap_or_else(|_| Err(SendError::temporary("timeout"))))
            .boxed()
    }

    fn name(&self) -> &'static str {
        "smtp"
    }

    fn health(&self) -> Result<(), String> {
        self.circuit.health()
    }

    fn check(&self) -> BoxFuture<'_, Vec<Checked>> {
        async move {
            let asked = timeout(CHECK_TIMEOUT, self.sign_in()).await;
            let said = match asked {
                Ok(Ok(connection)) => {
                    say_goodbye(connection).await;
                    Ok(())
                }
                Ok(Err(error)) => Err(error),
                Err(_) => Err(SendError::temporary("timeout")),
            };
            vec![Checked {
                by: self.name(),
                place: format!("{}:{}", self.settings.host, self.settings.port),
                said,
            }]
        }
        .boxed()
    }
}

async fn say_goodbye(mut connection: AsyncSmtpConnection) {
    let _ = timeout(GOODBYE, connection.quit()).await;
}

/// What an answer means: the code, and of its text only the enhanced status (RFC 3463), because the rest may name the address.
fn failure(error: &Error) -> SendError {
    let Some(status) = error.status() else {
        let code = match () {
            () if error.is_timeout() => "timeout",
            () if error.is_tls() => "tls",
            () if error.is_client() => "smtp-refused",
            () if error.is_response() => "smtp-answer",
            () => "connection",
        };
        return SendError::temporary(code);
    };
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    let code = match enhanced_status(&text) {
        Some(enhanced) => format!("smtp {status} {enhanced}"),
        None => format!("smtp {status}"),
    };
    if error.is_permanent() {
        SendError::permanent(code)
    } else {
        SendError::temporary(code)
    }
}

fn enhanced_status(text: &str) -> Option<&str> {
    let first = text.split_whitespace().next()?;
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (first.split('.').count() == 3 && first.split('.').all(is_number)).then_some(first)
}
