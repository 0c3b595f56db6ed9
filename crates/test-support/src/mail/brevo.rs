//! Brevo's `POST /v3/smtp/email`: its shapes, its errors, and answers that get lost after the mail was taken.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::held;

/// What the next request gets. After the last one every request gets 201.
#[derive(Debug, Clone)]
pub enum BrevoAnswer {
    /// A status with the code of the error.
    Error(u16, &'static str),
    /// 429, with so many seconds in `x-sib-ratelimit-reset`.
    Busy(u64),
    /// The mail is taken, and the connection closed without an answer.
    Lost,
    /// Text that is not what the API documents.
    Odd(u16, &'static str),
}

/// One request.
#[derive(Debug, Clone)]
pub struct BrevoRequest {
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Value,
}

#[derive(Default)]
struct Inner {
    answers: VecDeque<BrevoAnswer>,
    requests: Vec<BrevoRequest>,
    /// Keys of mails that were taken.
    taken: Vec<String>,
}

/// The API, until it is dropped.
pub struct BrevoDouble {
    /// Where it is: `http://127.0.0.1:port`.
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    task: tokio::task::JoinHandle<()>,
}

impl BrevoDouble {
    /// The one key that it knows.
    pub const KEY: &str = "xkeysib-of-the-tests";

    /// Listens.
    ///
    /// # Errors
    /// Those of the network.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let inner = Arc::<Mutex<Inner>>::default();
        let shared = Arc::clone(&inner);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { url, inner, task })
    }

    /// Says what the next requests get.
    pub fn answer(&self, answers: impl IntoIterator<Item = BrevoAnswer>) {
        held(&self.inner).answers.extend(answers);
    }

    /// Every request so far.
    #[must_use]
    pub fn requests(&self) -> Vec<BrevoRequest> {
        held(&self.inner).requests.clone()
    }

    /// The keys of the mails that were taken: one for each mail that goes out.
    #[must_use]
    pub fn taken(&self) -> Vec<String> {
        held(&self.inner).taken.clone()
    }
}

impl Drop for BrevoDouble {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, inner: Arc<Mutex<Inner>>) {
    let read = tokio::time::timeout(Duration::from_secs(30), read(&mut stream)).await;
    let Ok(Some((path, request))) = read else { return };
    let (status, more, body) = {
        let mut inner = held(&inner);
        inner.requests.push(request.clone());
        match judge(&mut inner, &path, &request) {
            Some(answer) => answer,
            None => return,
        }
    };
    let answer = format!(
        "HTTP/1.1 {status} of a double\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// Status, headers and body; nothing if the answer gets lost.
fn judge(inner: &mut Inner, path: &str, request: &BrevoRequest) -> Option<(u16, String, String)> {
    let error = |status, code: &str| {
        let email = request.body["to"][0]["email"].as_str().unwrap_or_default();
        // Messages of the real one may repeat what was sent.
        let body = json!({ "code": code, "message": format!("a message about {email}") });
        Some((status, String::new(), body.to_string()))
    };
    let key = request.body["headers"]["idempotencyKey"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    match inner.answers.pop_front() {
        Some(BrevoAnswer::Error(status, code)) => return error(status, code),
        Some(BrevoAnswer::Odd(status, text)) => return Some((status, String::new(), text.to_owned())),
        Some(BrevoAnswer::Busy(seconds)) => {
            let more = format!(
                "x-sib-ratelimit-limit: 1000\r\nx-sib-ratelimit-remaining: 0\r\nx-sib-ratelimit-reset: {seconds}\r\n"
            );
            return Some((429, more, r#"{"message":"API rate limit exceeded"}"#.to_owned()));
        }
        Some(BrevoAnswer::Lost) => {
            inner.taken.push(key);
            return None;
        }
        None => {}
    }
    if request
        .headers
        .get("api-key")
        .is_none_or(|given| given != BrevoDouble::KEY)
    {
        return error(401, "unauthorized");
    }
    if path == "/v3/account" {
        return Some((
            200,
            String::new(),
            json!({ "email": "ann@x.test", "plan": [] }).to_string(),
        ));
    }
    let body = &request.body;
    let is_complete = path == "/v3/smtp/email"
        && body["sender"]["email"].is_string()
        && body["to"][0]["email"].is_string()
        && body["subject"].is_string()
        && body["htmlContent"].is_string()
        && body["textContent"].is_string();
    if !is_complete {
        return error(400, "missing_parameter");
    }
    if inner.taken.contains(&key) {
        return error(400, "duplicate_request");
    }
    inner.taken.push(key);
    let id = format!("<{}@smtp-relay.mailin.fr>", inner.taken.len());
    Some((201, String::new(), json!({ "messageId": id }).to_string()))
}

async fn read(stream: &mut TcpStream) -> Option<(String, BrevoRequest)> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let length = stream.read(&mut chunk).await.ok()?;
        bytes.extend_from_slice(chunk.get(..length)?);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            if length == 0 {
                return None;
            }
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let path = lines.next()?.split(' ').nth(1)?.to_owned();
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let headers: HashMap<_, _> = pairs
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length_said: usize = headers
            .get("content-length")
            .map_or(Some(0), |length| length.parse().ok())?;
        if bytes.len() < end + 4 + length_said {
            if length == 0 {
                return None;
            }
            continue;
        }
        let body = serde_json::from_slice(&bytes[end + 4..]).unwrap_or(Value::Null);
        return Some((path, BrevoRequest { headers, body }));
    }
}
