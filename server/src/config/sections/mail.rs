//! How mail leaves, and who it comes from.

use sealdrop_mail::{MailUrl, Sender, SmtpSettings};
use url::Url;

use crate::config::{reader::Reader, secret::SecretText, variable::Variable};

/// Section of mail.
#[derive(Debug)]
pub struct MailConfig {
    /// Who it comes from; `None` only where it stays in memory.
    pub from: Option<Sender>,
    /// How it leaves.
    pub transport: MailTransport,
    /// What it takes while the first transport lets nothing through.
    pub fallback: Option<SmtpSettings>,
    /// What Brevo's webhook shows, if it may report here.
    pub webhook_secret: Option<SecretText>,
}

/// How mail leaves.
#[derive(Debug)]
pub enum MailTransport {
    /// It stays in this process, for the operator to read.
    Memory,
    /// An SMTP relay.
    Smtp(SmtpSettings),
    /// Brevo's HTTP API.
    Brevo {
        /// Where it is.
        api_url: Url,
        /// The key to it.
        api_key: SecretText,
    },
}

static FROM: Variable = Variable {
    name: "MAIL_FROM",
    default: "",
    secret: false,
    about: "Who mail comes from, such as `Sealdrop <no-reply@example.org>`. The provider must accept the address. Needed unless `MAIL_URL` is `memory:`.",
};
static URL: Variable = Variable {
    name: "MAIL_URL",
    default: "memory:",
    secret: true,
    about: "How mail leaves. `memory:` keeps the last 20 in this process, and `sealdrop-server mail` shows them: enough for a first run, and nobody else can sign in. `smtp://user:password@host:587` speaks STARTTLS and sends nothing without it, `smtps://user:password@host:465` TLS from the start, `smtp://host:25?tls=none` none. `brevo:` is Brevo's HTTP API. User and password are percent-encoded.",
};
static API_KEY: Variable = Variable {
    name: "BREVO_API_KEY",
    default: "",
    secret: true,
    about: "The API key of `brevo:`, which is not the SMTP key. Allow the server's addresses for it, and turn link tracking off.",
};
static API_URL: Variable = Variable {
    name: "BREVO_API_URL",
    default: "https://api.brevo.com",
    secret: false,
    about: "Where Brevo's API is. Nothing but the default, or an address of this machine for tests: the key goes there.",
};
static WEBHOOK: Variable = Variable {
    name: "BREVO_WEBHOOK_SECRET",
    default: "",
    secret: true,
    about: "What Brevo's webhook shows in the header `Sealdrop-Webhook-Secret`: at least 32 random characters, such as from `openssl rand -hex 32`. Set, `POST /api/v1/mail/brevo-events` takes reports of mails, and an address that bounced for good gets no mail for 24 hours and then one try. Unset, there is no such route.",
};
static FALLBACK: Variable = Variable {
    name: "MAIL_FALLBACK_URL",
    default: "",
    secret: true,
    about: "An `smtp://` or `smtps://` relay that mail takes while the first transport is closed to everybody: the key or password is refused, credits are used up, the account is under review. What may have been sent already is not sent this way.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[&URL, &FROM, &API_KEY, &API_URL, &WEBHOOK, &FALLBACK];

impl MailConfig {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let from = reader.parsed(&FROM, |text| match text {
            "" => Ok(None),
            text => Sender::parse(text).map(Some).map_err(|error| error.to_string()),
        });
        let api_url = reader.parsed(&API_URL, api_url);
        let api_key = reader.secret(&API_KEY);
        let url = reader.secret(&URL);
        let url = MailUrl::parse(url.as_ref().map_or(URL.default, SecretText::expose));
        let transport = match (url, api_url, api_key) {
            (Ok(MailUrl::Memory), ..) => MailTransport::Memory,
            (Ok(MailUrl::Smtp(settings)), ..) => MailTransport::Smtp(settings),
            (Ok(MailUrl::Brevo), Some(api_url), Some(api_key)) => MailTransport::Brevo { api_url, api_key },
            (Ok(MailUrl::Brevo), _, api_key) => {
                if api_key.is_none() {
                    reader.problem(
                        &API_KEY,
                        "MAIL_URL is brevo:, so its key is needed (here or in the _FILE twin)",
                    );
                }
                MailTransport::Memory
            }
            (Err(wrong), ..) => {
                reader.problem(&URL, wrong);
                MailTransport::Memory
            }
        };
        if from.is_none() && !matches!(transport, MailTransport::Memory) {
            reader.problem(
                &FROM,
                "MAIL_URL is set, so a sender is needed, such as Sealdrop <no-reply@example.org>",
            );
        }
        let fallback = reader
            .secret(&FALLBACK)
            .and_then(|url| match MailUrl::parse(url.expose()) {
                Ok(MailUrl::Smtp(settings)) => Some(settings),
                _ => {
                    reader.problem(
                        &FALLBACK,
                        "expected smtp://user:password@host:587 or smtps://user:password@host:465",
                    );
                    None
                }
            });
        if fallback.is_some() && matches!(transport, MailTransport::Memory) {
            reader.problem(
                &FALLBACK,
                "there is no transport that it could stand in for: set MAIL_URL",
            );
        }
        let webhook_secret = reader.secret(&WEBHOOK);
        if webhook_secret.as_ref().is_some_and(|secret| secret.expose().len() < 32) {
            reader.problem(
                &WEBHOOK,
                "expected at least 32 characters, such as from `openssl rand -hex 32`",
            );
        }
        Self {
            from,
            transport,
            fallback,
            webhook_secret,
        }
    }
}

fn api_url(text: &str) -> Result<Option<Url>, String> {
    let url = Url::parse(text).ok();
    let is_loopback = |url: &Url| match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost",
        None => false,
    };
    let is_good = |url: &Url| {
        let is_own = matches!(url.scheme(), "http" | "https") && is_loopback(url);
        url.username().is_empty() && (url.origin().ascii_serialization() == API_URL.default || is_own)
    };
    match url.filter(is_good) {
        Some(url) => Ok(Some(url)),
        None => Err("expected https://api.brevo.com, or an address of this machine".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const FROM: (&str, &str) = ("MAIL_FROM", "Sealdrop <mail@x.test>");

    fn read(pairs: &[(&str, &str)]) -> Result<MailConfig, String> {
        let config = Config::read(Reader::of(pairs)).map_err(|problems| problems.to_string())?;
        Ok(config.mail)
    }

    #[test]
    fn nothing_set_is_memory_and_each_transport_is_read() {
        assert!(matches!(
            read(&[]).expect("the default").transport,
            MailTransport::Memory
        ));
        let smtp = read(&[FROM, ("MAIL_URL", "smtp://u:hunter2@relay.test")]).expect("complete");
        assert!(matches!(&smtp.transport, MailTransport::Smtp(settings) if settings.host == "relay.test"));
        let brevo = read(&[
            FROM,
            ("MAIL_URL", "brevo:"),
            ("BREVO_API_KEY", "hunter2"),
            ("MAIL_FALLBACK_URL", "smtps://u:hunter2@relay.test"),
        ]);
        let brevo = brevo.expect("complete");
        assert!(
            matches!(&brevo.transport, MailTransport::Brevo { api_url, .. } if api_url.as_str() == "https://api.brevo.com/")
        );
        assert_eq!(brevo.fallback.as_ref().map(|settings| settings.port), Some(465));
        assert!(!format!("{brevo:?} {smtp:?}").contains("hunter2"));
    }

    #[test]
    fn o14_what_is_missing_or_wrong_is_named_without_a_secret() {
        for (pairs, name) in [
            (&[("MAIL_URL", "smtp://u:hunter2@relay.test")][..], "MAIL_FROM"),
            (&[FROM, ("MAIL_URL", "brevo:")], "BREVO_API_KEY"),
            (&[FROM, ("MAIL_URL", "mailto:hunter2")], "MAIL_URL"),
            (&[("MAIL_FROM", "nobody")], "MAIL_FROM"),
            (&[("BREVO_WEBHOOK_SECRET", "hunter2")], "BREVO_WEBHOOK_SECRET"),
            (
                &[FROM, ("MAIL_URL", "smtp://relay.test"), ("MAIL_FALLBACK_URL", "brevo:")],
                "MAIL_FALLBACK_URL",
            ),
            (
                &[("MAIL_FALLBACK_URL", "smtp://u:hunter2@relay.test")],
                "MAIL_FALLBACK_URL",
            ),
        ] {
            let problems = read(pairs).expect_err(name);
            assert!(problems.contains(name) && !problems.contains("hunter2"), "{problems}");
        }
    }

    #[test]
    fn the_key_goes_to_brevo_or_to_this_machine() {
        for good in [
            "https://api.brevo.com",
            "http://127.0.0.1:9",
            "http://localhost:9",
            "https://[::1]:9/",
        ] {
            assert!(api_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "http://api.brevo.com",
            "https://api.brevo.com.evil.test",
            "https://api.brevo.com:444",
            "https://evil.test",
            "http://127.0.0.1.evil.test",
            "https://u@api.brevo.com",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
        ] {
            assert!(api_url(bad).is_err(), "{bad}");
        }
    }
}
