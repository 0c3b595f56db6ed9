//! Brevo's HTTP API (`POST /v3/smtp/email`), for machines that may not speak SMTP.

mod answer;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures::future::{BoxFuture, FutureExt as _};
use reqwest::{Client, header, redirect::Policy};
use serde::Serialize;
use tokio::time::timeout;
use url::Url;

use super::{Checked, Mailer, SEND_TIMEOUT, SendError, Sent, circuit::Circuit};
use crate::{mail::Mail, sender::Sender};
use answer::{Answer, Meaning};

/// A whole check: an operator waits.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends by Brevo.
pub struct BrevoMailer {
    client: Client,
    endpoint: Url,
    api_key: header::HeaderValue,
    from: Sender,
    /// Open while the account may not send.
    circuit: Circuit,
}

#[derive(Serialize)]
struct Person<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct Email<'a> {
    sender: Person<'a>,
    to: [Person<'a>; 1],
    subject: &'a str,
    #[serde(rename = "textContent")]
    text: &'a str,
    #[serde(rename = "htmlContent")]
    html: &'a str,
    headers: Headers,
}

#[derive(Serialize)]
struct Headers {
    #[serde(rename = "idempotencyKey")]
    idempotency_key: String,
    #[serde(rename = "Auto-Submitted")]
    auto_submitted: &'static str,
    #[serde(flatten)]
    unsubscribe: BTreeMap<&'static str, String>,
}

impl BrevoMailer {
    /// `api_url` is Brevo's own, or a double's. Needs rustls' process-wide provider.
    ///
    /// # Errors
    /// When the key cannot stand in a header, or the client cannot be made.
    pub fn new(api_url: &Url, api_key: &str, from: Sender) -> Result<Self, String> {
        let mut api_key =
            header::HeaderValue::from_str(api_key).map_err(|_| "the key has characters that no key has")?;
        api_key.set_sensitive(true);
        let endpoint = api_url.join("/v3/smtp/email").map_err(|error| error.to_string())?;
        // The key goes nowhere else.
        let client = Client::builder().redirect(Policy::none()).build();
        Ok(Self {
            client: client.map_err(|error| error.to_string())?,
            endpoint,
            api_key,
            from,
            circuit: Circuit::default(),
        })
    }

    /// `GET /v3/account`, which sends nothing and costs nothing.
    async fn ask_account(&self) -> Result<(), SendError> {
        let account = self.endpoint.join("/v3/account");
        let account = account.map_err(|_| SendError::permanent("address"))?;
        let request = self.client.get(account).header("api-key", self.api_key.clone());
        let request = request.header(header::ACCEPT, "application/json");
        let response = request.send().await.map_err(|_| SendError::temporary("connection"))?;
        match Answer::read(response).await.meaning() {
            Meaning::Sent(_) => Ok(()),
            Meaning::Failed(error) => Err(error),
            Meaning::Closed(code) => Err(SendError::permanent(code)),
        }
    }

    async fn deliver(&self, mail: &Mail) -> Result<Sent, SendError> {
        self.circuit.check(Instant::now())?;
        // The API does not say that it hands such names on as they are.
        if mail.to.needs_smtputf8() {
            return Err(SendError::permanent("smtputf8"));
        }
        let email = Email {
            sender: Person {
                email: self.from.address.deliverable(),
                name: self.from.name.as_deref(),
            },
            to: [Person {
                email: mail.to.deliverable(),
                name: None,
            }],
            subject: &mail.letter.subject,
            text: &mail.letter.text,
            html: &mail.letter.html,
            headers: Headers {
                idempotency_key: mail.id.as_uuid(),
                auto_submitted: "auto-generated",
                unsubscribe: mail.unsubscribe_headers().into_iter().flatten().collect(),
            },
        };
        let request = self
            .client
            .post(self.endpoint.clone())
            .header("api-key", self.api_key.clone())
            .header(header::ACCEPT, "application/json")
            .json(&email);
        let response = request.send().await.map_err(|_| SendError::temporary("connection"))?;
        let answer = Answer::read(response).await;
        match answer.meaning() {
            Meaning::Sent(provider_id) => {
                self.circuit.close();
                Ok(Sent {
                    by: self.name(),
                    provider_id,
                })
            }
            Meaning::Failed(error) => Err(error),
            Meaning::Closed(code) => Err(self.circuit.open(Instant::now(), code)),
        }
    }
}

impl Mailer for BrevoMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<Sent, SendError>> {
        let sending = timeout(SEND_TIMEOUT, self.deliver(mail));
        sending
            .map(|sent| sent.unwrap_or_else(|_| Err(SendError::temporary("timeout"))))
            .boxed()
    }

    fn name(&self) -> &'static str {
        "brevo"
    }

    fn health(&self) -> Result<(), String> {
        self.circuit.health()
    }

    fn check(&self) -> BoxFuture<'_, Vec<Checked>> {
        async move {
            let asked = timeout(CHECK_TIMEOUT, self.ask_account()).await;
            vec![Checked {
                by: self.name(),
                place: self.endpoint.host_str().unwrap_or_default().to_owned(),
                said: asked.unwrap_or_else(|_| Err(SendError::temporary("timeout"))),
            }]
        }
        .boxed()
    }
}
