//! Listens, answers from the recording or from the real server, and tells the lie.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::BufReader,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{
    mutation::{Change, Mutation, Site},
    recording::{Recording, Stored},
    wire::{Answer, Framing, Request, read_request, write_answer},
};
use crate::held;

/// Headers that belong to one connection and not to the message.
const OF_THE_CONNECTION: [&str; 4] = ["content-length", "transfer-encoding", "connection", "keep-alive"];

/// A running liar. It ends when dropped.
#[derive(Debug)]
pub struct MaliciousServer {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    state: Arc<State>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    upstream: Option<String>,
    client: reqwest::Client,
    recording: Mutex<Recording>,
    mutation: Mutex<Option<Arc<Mutation>>>,
    told: AtomicU64,
}

impl MaliciousServer {
    /// In front of a real server: what the recording does not hold is asked there, and kept.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn in_front_of(upstream: &str) -> io::Result<Self> {
        Self::start(Some(upstream.to_owned()), Recording::default()).await
    }

    /// With nothing behind it but a recording.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn playing(recording: Recording) -> io::Result<Self> {
        Self::start(None, recording).await
    }

    async fn start(upstream: Option<String>, recording: Recording) -> io::Result<Self> {
        // reqwest is built without a provider of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .build()
            .map_err(io::Error::other)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(State {
            upstream,
            client,
            recording: Mutex::new(recording),
            mutation: Mutex::default(),
            told: AtomicU64::new(0),
        });
        let serving = Arc::clone(&state);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                // A client that hangs up ends its connection and nothing else.
                tokio::spawn(async move { state.serve(stream).await.ok() });
            }
        });
        Ok(Self {
            address,
            state,
            listening,
        })
    }

    /// Lies like this from now on; `None` is honest.
    pub fn tell(&self, mutation: Option<Mutation>) {
        *held(&self.state.mutation) = mutation.map(Arc::new);
        self.state.told.store(0, Ordering::SeqCst);
    }

    /// How often the lie was sent.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.state.told.load(Ordering::SeqCst)
    }

    /// Ends the recording and begins an empty one.
    #[must_use]
    pub fn take_recording(&self) -> Recording {
        std::mem::take(&mut *held(&self.state.recording))
    }

    /// A copy of the recording.
    #[must_use]
    pub fn recording(&self) -> Recording {
        held(&self.state.recording).clone()
    }
}

impl Drop for MaliciousServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl State {
    async fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        while let Some(request) = read_request(&mut stream).await? {
            let (answer, framing) = self.answer(&request).await?;
            if !write_answer(&mut stream, &answer, framing, request.method == "HEAD").await? {
                break;
            }
        }
        Ok(())
    }

    async fn answer(&self, request: &Request) -> io::Result<(Answer, Framing)> {
        let site = Site::of(&request.method, request.path());
        if site == Site::Range {
            return self.range(request).await;
        }
        let kept = held(&self.recording).answer(request).cloned();
        let mut answer = match kept {
            Some(answer) => answer,
            None => {
                let answer = self.ask(request, &[]).await?;
                if site != Site::Other && answer.status < 300 {
                    held(&self.recording).keep_answer(request, answer.clone());
                }
                answer
            }
        };
        let lie = self.lie(site);
        let change = lie.as_deref().and_then(|lie| lie.change_of(site));
        let framing = change.map_or(Framing::True, |change| change.apply(&mut answer));
        Ok((answer, framing))
    }

    /// A ranged read, of the object as the lie describes it.
    async fn range(&self, request: &Request) -> io::Result<(Answer, Framing)> {
        let path = request.path();
        if held(&self.recording).object(path).is_none() {
            let whole = self.ask(request, &["range", "if-match"]).await?;
            if whole.status != 200 {
                return Ok((whole, Framing::True));
            }
            let stored = Stored {
                path: path.to_owned(),
                etag: whole.header("etag").unwrap_or_default().to_owned(),
                bytes: whole.body,
            };
            held(&self.recording).keep_object(stored);
        }
        let found = held(&self.recording)
            .object(path)
            .map(|(place, one)| (place, one.clone()));
        let Some((place, mut stored)) = found else {
            return Err(io::Error::other("an object that was just kept is gone"));
        };
        let object = Site::Object(place);
        let in_bucket = self.lie(object);
        if let Some(Change::Body(edit)) = in_bucket.as_deref().and_then(|lie| lie.change_of(object)) {
            edit.apply(&mut stored.bytes);
        }
        let on_its_way = self.lie(Site::Range);
        let change = on_its_way.as_deref().and_then(|lie| lie.change_of(Site::Range));
        let mut answer = cut_out(request, &stored, change);
        let framing = change.map_or(Framing::True, |change| change.apply(&mut answer));
        Ok((answer, framing))
    }

    /// The lie, if it is about this and was not sent too often.
    fn lie(&self, about: Site) -> Option<Arc<Mutation>> {
        let mutation = held(&self.mutation)
            .clone()
            .filter(|lie| lie.change_of(about).is_some())?;
        let before = self.told.fetch_add(1, Ordering::SeqCst);
        (before == 0 || !mutation.once).then_some(mutation)
    }

    async fn ask(&self, request: &Request, without: &[&str]) -> io::Result<Answer> {
        let Some(upstream) = &self.upstream else {
            let body = br#"{"type":"urn:sealdrop:problem:not-found","title":"nothing","status":404}"#.to_vec();
            return Ok(Answer {
                status: 404,
                headers: vec![("content-type".to_owned(), "application/problem+json".to_owned())],
                body,
            });
        };
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(io::Error::other)?;
        let mut asking = self.client.request(method, format!("{upstream}{}", request.target));
        for (name, value) in &request.headers {
            let name = name.to_ascii_lowercase();
            if !without.contains(&name.as_str()) && !OF_THE_CONNECTION.contains(&name.as_str()) {
                // The host stays: addresses are signed for the name that the client knows.
                asking = asking.header(name, value);
            }
        }
        let answer = asking
            .body(request.body.clone())
            .send()
            .await
            .map_err(io::Error::other)?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = answer.bytes().await.map_err(io::Error::other)?.to_vec();
        Ok(Answer { status, headers, body })
    }
}

/// The range that was asked for, as a bucket answers it.
fn cut_out(request: &Request, stored: &Stored, change: Option<&Change>) -> Answer {
    let len = stored.bytes.len();
    let header = |name: &str, value: String| (name.to_owned(), value);
    let mut headers = vec![
        header("content-type", "application/octet-stream".to_owned()),
        header("etag", stored.etag.clone()),
        header("accept-ranges", "bytes".to_owned()),
    ];
    let asked = request.header("range").and_then(|range| {
        let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
        let end = end.parse::<usize>().map_or(len, |last| (last + 1).min(len));
        Some((start.parse::<usize>().ok()?, end))
    });
    let (status, body) = match (asked, change) {
        (None, _) | (_, Some(Change::Whole)) => (200, stored.bytes.clone()),
        (Some((start, end)), change) if start < end => {
            headers.push(header("content-range", format!("bytes {start}-{}/{len}", end - 1)));
            let by = match change {
                Some(Change::Shift(by)) => *by as isize,
                _ => 0,
            };
            let moved = start.saturating_add_signed(by).min(len)..end.saturating_add_signed(by).min(len);
            (206, stored.bytes[moved].to_vec())
        }
        _ => {
            headers.push(header("content-range", format!("bytes */{len}")));
            (416, Vec::new())
        }
    };
    Answer { status, headers, body }
}
