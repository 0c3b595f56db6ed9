//! One request for each connection on both sides: what is done to one never reaches another.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{
    plan::{Plan, Seen},
    toxic::Toxic,
};
use crate::held;

/// Bytes of a head at most.
const MAX_HEAD: usize = 64 << 10;
const BUFFER: usize = 64 << 10;

/// A running proxy. It ends when dropped.
#[derive(Debug)]
pub struct Chaos {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    state: Arc<State>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    upstream: SocketAddr,
    plan: Mutex<Plan>,
    seen: Mutex<Vec<Seen>>,
}

impl Chaos {
    /// In front of `http://host:port`.
    ///
    /// # Errors
    /// If the address is none, or no port is free.
    pub async fn in_front_of(upstream: &str) -> io::Result<Self> {
        let authority = upstream.trim_start_matches("http://").trim_end_matches('/');
        let upstream = authority.parse().map_err(io::Error::other)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(State {
            upstream,
            plan: Mutex::default(),
            seen: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                // A side that hangs up ends its connection and nothing else.
                tokio::spawn(async move { state.serve(stream).await.ok() });
            }
        });
        Ok(Self {
            address,
            state,
            listening,
        })
    }

    /// From now on.
    pub fn follow(&self, plan: Plan) {
        *held(&self.state.plan) = plan;
    }

    /// What came since the last look.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *held(&self.state.seen))
    }
}

impl Drop for Chaos {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// A request's head, and what of the body came with it.
struct Head {
    method: String,
    target: String,
    /// As it is passed on: with `connection: close`.
    bytes: Vec<u8>,
    len: u64,
    range: Option<(u64, u64)>,
    is_conditional: bool,
    body: Vec<u8>,
}

async fn read_head(stream: &mut TcpStream) -> io::Result<Option<Head>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if bytes.len() > MAX_HEAD || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let body = bytes.split_off(end + 4);
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    let mut lines = text.trim_end().split("\r\n");
    let first = lines.next().unwrap_or_default();
    let mut words = first.split(' ').map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let (mut passed, mut len, mut range) = (format!("{first}\r\n"), 0, None);
    let mut is_conditional = false;
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match name.to_ascii_lowercase().as_str() {
            "connection" | "keep-alive" => continue,
            "content-length" => len = value.trim().parse().map_err(io::Error::other)?,
            "range" => range = read_range(value.trim()),
            "if-match" => is_conditional = true,
            "transfer-encoding" => return Err(io::Error::other("bodies of unknown length are not for this proxy")),
            _ => {}
        }
        passed.push_str(line);
        passed.push_str("\r\n");
    }
    passed.push_str("connection: close\r\n\r\n");
    Ok(Some(Head {
        method,
        target,
        bytes: passed.into_bytes(),
        len,
        range,
        is_conditional,
        body,
    }))
}

fn read_range(value: &str) -> Option<(u64, u64)> {
    let (start, end) = value.strip_prefix("bytes=")?.split_once('-')?;
    Some((start.parse().ok()?, end.parse().ok()?))
}

/// Passes bytes on, at most so many and not faster than so many a second. Answers how many.
async fn pass(from: &mut TcpStream, to: &mut TcpStream, len: u64, speed: Option<u64>) -> io::Result<u64> {
    let (mut buffer, mut passed, begun) = (vec![0; BUFFER], 0, Instant::now());
    while passed < len {
        let most = BUFFER.min(usize::try_from(len - passed).unwrap_or(BUFFER));
        let got = from.read(&mut buffer[..most]).await?;
        if got == 0 {
            break;
        }
        to.write_all(&buffer[..got]).await?;
        passed += got as u64;
        if let Some(speed) = speed {
            let due = Duration::from_secs_f64(passed as f64 / speed as f64);
            sleep(due.saturating_sub(begun.elapsed())).await;
        }
    }
    Ok(passed)
}

/// Closes with RST, not FIN.
fn reset(stream: TcpStream) -> io::Result<()> {
    stream.set_zero_linger()
}

impl State {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let Some(head) = read_head(&mut client).await? else {
            return Ok(());
        };
        let toxic = held(&self.plan).meet(&head.method, &head.target);
        held(&self.seen).push(Seen {
            method: head.method.clone(),
            target: head.target.clone(),
            len: head.len,
            range: head.range,
            is_conditional: head.is_conditional,
            toxic,
        });
        match toxic {
            Some(Toxic::BlackHole(wait)) => {
                sleep(wait).await;
                return reset(client);
            }
            Some(Toxic::Latency(wait)) => sleep(wait).await,
            Some(Toxic::Status(status)) => {
                // Heard to its end, so that the client hears the answer and no reset.
                let rest = head.len.saturating_sub(head.body.len() as u64);
                let mut body = (&mut client).take(rest);
                tokio::io::copy(&mut body, &mut tokio::io::sink()).await?;
                return tell(&mut client, status).await;
            }
            _ => {}
        }
        let mut server = TcpStream::connect(self.upstream).await?;
        server.set_nodelay(true)?;
        server.write_all(&head.bytes).await?;
        let early = head.body.len().min(usize::try_from(head.len).unwrap_or(usize::MAX));
        server.write_all(&head.body[..early]).await?;
        let rest = head.len - early as u64;
        match toxic {
            Some(Toxic::Reset(after)) => {
                pass(&mut client, &mut server, after.min(rest), None).await?;
                reset(server)?;
                return reset(client);
            }
            Some(Toxic::Stall(after, wait)) => {
                pass(&mut client, &mut server, after.min(rest), None).await?;
                sleep(wait).await;
                reset(server)?;
                return reset(client);
            }
            _ => {}
        }
        let speed = match toxic {
            Some(Toxic::Bandwidth(speed)) => Some(speed),
            _ => None,
        };
        if pass(&mut client, &mut server, rest, speed).await? < rest {
            return reset(server);
        }
        self.answer(client, server, toxic, speed).await
    }

    async fn answer(
        &self,
        mut client: TcpStream,
        mut server: TcpStream,
        toxic: Option<Toxic>,
        speed: Option<u64>,
    ) -> io::Result<()> {
        match toxic {
            Some(Toxic::DropAnswer | Toxic::StatusAfter(_)) => {
                tokio::io::copy(&mut server, &mut tokio::io::sink()).await?;
                match toxic {
                    Some(Toxic::StatusAfter(status)) => tell(&mut client, status).await,
                    _ => reset(client),
                }
            }
            Some(Toxic::LateAnswer(wait)) => {
                sleep(wait).await;
                pass(&mut server, &mut client, u64::MAX, None).await?;
                client.shutdown().await
            }
            Some(Toxic::Cut(after)) => {
                pass(&mut server, &mut client, after, None).await?;
                client.shutdown().await
            }
            _ => {
                pass(&mut server, &mut client, u64::MAX, speed).await?;
                client.shutdown().await
            }
        }
    }
}

/// An answer without body and without `Retry-After`.
async fn tell(client: &mut TcpStream, status: u16) -> io::Result<()> {
    let answer = format!("HTTP/1.1 {status} Chaos\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}
