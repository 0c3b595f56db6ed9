//! Which transport an address names: `memory:`, `smtp://…`, `smtps://…`, `brevo:`.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

/// A transport and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailUrl {
    /// Mails stay in the process.
    Memory,
    /// An SMTP relay.
    Smtp(SmtpSettings),
    /// Brevo's HTTP API, whose key is a setting of its own.
    Brevo,
}

/// An SMTP relay. `Debug` shows neither user nor password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Its name, which its certificate has to have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: SmtpTls,
    /// User and password.
    pub credentials: Option<(String, String)>,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// From its first byte.
    Wrapped,
    /// After STARTTLS; without it nothing is sent.
    StartTls,
    /// Not at all.
    None,
}

impl MailUrl {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, without repeating any of it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "memory:" => return Ok(Self::Memory),
            "brevo:" => return Ok(Self::Brevo),
            _ => {}
        }
        let url = Url::parse(text).map_err(|_| EXPECTED)?;
        let wrapped = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(EXPECTED),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(EXPECTED)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err("nothing but ?tls=none may follow the host and the port");
        }
        let tls = match url.query() {
            None if wrapped => SmtpTls::Wrapped,
            None => SmtpTls::StartTls,
            Some("tls=none") if !wrapped => SmtpTls::None,
            Some(_) => return Err("only ?tls=none may follow, and only smtp://"),
        };
        let decode = |text| percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                let pair = decode(user).and_then(|user| Ok((user, decode(password)?)));
                Some(pair.map_err(|_| "user and password must be UTF-8, percent-encoded")?)
            }
            _ => return Err("a user needs a password, and a password a user"),
        };
        let is_own = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if tls == SmtpTls::None && credentials.is_some() && !is_own {
            return Err("a password is not sent in the clear: leave ?tls=none out");
        }
        let usual = match tls {
            SmtpTls::Wrapped => 465,
            SmtpTls::StartTls => 587,
            SmtpTls::None => 25,
        };
        Ok(Self::Smtp(SmtpSettings {
            host: host.to_owned(),
            port: url.port().unwrap_or(usual),
            tls,
            credentials,
        }))
    }
}

const EXPECTED: &str = "expected memory:, brevo:, smtp://user:password@host:587 or smtps://user:password@host:465";

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("credentials", &self.credentials.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(text: &str) -> SmtpSettings {
        match MailUrl::parse(text) {
            Ok(MailUrl::Smtp(settings)) => settings,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn an_address_names_a_transport() {
        assert_eq!(MailUrl::parse("memory:"), Ok(MailUrl::Memory));
        assert_eq!(MailUrl::parse("brevo:"), Ok(MailUrl::Brevo));
        let settings = smtp("smtp://me%40x.test:p%2Fw%3A@relay.test");
        assert_eq!(
            (settings.host.as_str(), settings.port, settings.tls),
            ("relay.test", 587, SmtpTls::StartTls)
        );
        assert_eq!(settings.credentials, Some(("me@x.test".to_owned(), "p/w:".to_owned())));
        assert!(!format!("{settings:?}").contains("p/w"));
        let settings = smtp("smtps://relay.test/");
        assert_eq!(
            (settings.port, settings.tls, settings.credentials),
            (465, SmtpTls::Wrapped, None)
        );
        let settings = smtp("smtp://relay.test:2525?tls=none");
        assert_eq!((settings.port, settings.tls), (2525, SmtpTls::None));
        assert!(smtp("smtp://u:p@127.0.0.1:25?tls=none").credentials.is_some());
    }

    #[test]
    fn o14_what_cannot_be_used_is_refused_and_not_repeated() {
        for wrong in [
            "",
            "memory",
            "brevo",
            "smtp:",
            "smtp://",
            "http://relay.test",
            "relay.test:587",
            "smtp://hunter2@relay.test",
            "smtp://:hunter2@relay.test",
            "smtp://u:hunter2@relay.test?tls=none",
            "smtps://relay.test?tls=none",
            "smtp://relay.test?tls=maybe",
            "smtp://relay.test/hunter2",
            "smtp://relay.test#hunter2",
            "smtp://u:%ff@relay.test",
            "smtp://relay.test:99999",
        ] {
            let error = MailUrl::parse(wrong).expect_err(wrong);
            assert!(!error.contains("hunter2"));
        }
    }
}
