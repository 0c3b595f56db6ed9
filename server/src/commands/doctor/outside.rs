//! Who sends mail and who takes payments, asked without sending and without charging.

use std::time::Duration;

use sealdrop_mail::Checked;
use sealdrop_payments::{Mode, PaymentError, PaymentProvider as _, Period, Razorpay};
use time::OffsetDateTime;

use super::finding::Finding;
use crate::{
    config::{Config, MailTransport, PaymentsSettings},
    mail::{describe, mailing},
    payments::WEBHOOK_PATH,
};

/// Whether mail would leave. Where it stays in memory that is said, and not broken: a first run wants it.
pub(super) async fn mail(config: &Config) -> Vec<Finding> {
    let transport = describe(config);
    if matches!(config.mail.transport, MailTransport::Memory) {
        return vec![if config.http.is_https() {
            Finding::warning("mail", "mail-memory", format!("{transport}; nobody else can sign in"))
                .because("codes to sign in with never leave this machine")
                .mend("set MAIL_URL and MAIL_FROM (docs/guide/self-hosting: Mail)")
        } else {
            Finding::ok("mail", transport)
        }];
    }
    let mailer = match mailing(config) {
        Ok(mailing) => mailing.mailer,
        Err(why) => {
            return vec![
                Finding::failed("mail", "mail-client", why)
                    .mend("MAIL_URL and MAIL_FROM as docs/guide/self-hosting has them"),
            ];
        }
    };
    let checked = mailer.check().await;
    checked.iter().map(said_of_mail).collect()
}

fn said_of_mail(checked: &Checked) -> Finding {
    let (by, place) = (checked.by, &checked.place);
    let Err(error) = &checked.said else {
        let how = if by == "smtp" {
            "lets this server in"
        } else {
            "knows the key"
        };
        return Finding::ok("mail", format!("{by}, {place}: {how}; nothing was sent"));
    };
    let code = error.code.as_str();
    let failed =
        |name, seen: String| Finding::failed("mail", name, seen).because("no code to sign in with is delivered");
    match code {
        _ if by == "brevo" && (code.contains(" 401 ") || code.contains(" 403 ")) => failed("mail-key", format!("{place} refuses the key ({code})"))
            .mend("BREVO_API_KEY: an API key (xkeysib-…), not the SMTP key; and let this server's address use it: Brevo, Security, Authorised IPs"),
        _ if code.starts_with("smtp-auth") => failed("mail-login", format!("{place} refuses name or password ({code})"))
            .mend("user and password in MAIL_URL, percent-encoded; with Brevo the SMTP key, not the API key"),
        "tls" => failed("mail-tls", format!("{place}: no TLS that can be trusted"))
            .mend("the host in MAIL_URL must be the one of the certificate. smtps:// speaks TLS from the start (465), smtp:// STARTTLS (587)"),
        "timeout" => failed("mail-silent", format!("{place} says nothing for ten seconds"))
            .mend("many hosts drop outgoing 25, 465 and 587 without a word: try port 2525, or an API by HTTPS (MAIL_URL=brevo:)"),
        "connection" => failed("mail-unreachable", format!("{place} does not answer"))
            .mend("host and port in MAIL_URL; a firewall on the way (some hosts let only 2525 or HTTPS out)"),
        _ => failed("mail-refused", format!("{place} does not take mail from here ({code})"))
            .mend("look what this code means at the provider; with smtp:// the server must offer STARTTLS"),
    }
}

/// Whether the provider of payments knows the key.
pub(super) async fn payments(config: &Config, now: OffsetDateTime) -> Vec<Finding> {
    let Some(settings) = &config.payments else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mode = settings.keys.mode();
    if mode == Mode::Test && config.http.is_https() && !is_local(config) {
        found.push(
            Finding::warning(
                "payments",
                "payments-test-key",
                "RAZORPAY_KEY_ID is a key for tests, on a public https address",
            )
            .because("no money moves: who pays with a test card gets what is sold")
            .mend("a key that begins with rzp_live_, where this is no trial"),
        );
    }
    match ask(settings, now).await {
        Ok(()) => {
            let webhook = webhook_url(config);
            let seen = format!("Razorpay knows the {} key; nothing was charged. Its webhook must be {webhook}", mode.as_str());
            found.push(Finding::ok("payments", seen));
        }
        Err(PaymentError::WrongKeys) => found.push(
            Finding::failed("payments", "payments-key", "Razorpay does not know the key, or its secret is another one")
                .because("nothing can be sold, and what was paid is not granted")
                .mend("RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET of one key (Razorpay dashboard, Account & Settings, API keys); a new key ends the old one"),
        ),
        Err(error) => found.push(
            Finding::failed("payments", "payments-unreachable", format!("Razorpay cannot be asked: {error}"))
                .because("payments wait until it can")
                .mend("let this machine reach api.razorpay.com by HTTPS"),
        ),
    }
    found
}

/// A list of the last minute's payments: the cheapest question that needs the key.
async fn ask(settings: &PaymentsSettings, now: OffsetDateTime) -> Result<(), PaymentError> {
    let patience = Duration::from_secs(10);
    let provider = Razorpay::with_timeout(settings.api_url.clone(), settings.keys.clone(), patience)
        .map_err(|_| PaymentError::Invalid("the client cannot be made"))?;
    let period = Period {
        from: now - Duration::from_secs(60),
        to: now,
    };
    provider.payments(period, 0).await.map(drop)
}

fn webhook_url(config: &Config) -> String {
    let own = config
        .http
        .public_url
        .as_ref()
        .map(|url| url.as_str().trim_end_matches('/').to_owned());
    let own = own.unwrap_or_else(|| format!("http://{}", config.http.addr));
    format!("{own}{WEBHOOK_PATH}")
}

fn is_local(config: &Config) -> bool {
    let host = config.http.public_url.as_ref().and_then(|url| url.host_str());
    host.is_some_and(|host| host == "localhost" || host.ends_with(".localhost") || host.starts_with("127."))
}
