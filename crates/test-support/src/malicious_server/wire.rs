//! HTTP/1.1 by hand: a server that lies about lengths cannot be built on one that never does.

use std::io;

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A request as it came.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// An answer as it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers but the length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Gives a header another value, or takes it away.
    pub(super) fn set_header(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(one, _)| !one.eq_ignore_ascii_case(name));
        if let Some(value) = value {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// How the end of a body is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its length.
    True,
    /// By a length that is wrong by this much.
    Off(i64),
    /// In chunks of which the last never comes.
    Unended,
    /// It goes on for 64 MiB behind the body, and no length is announced.
    Endless,
}

/// What `Endless` sends behind the body.
const FLOOD: usize = 64 << 20;

/// Reads one request; `None` where the connection ended between two.
pub(super) async fn read_request(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(io::Error::other("no request line"));
    };
    let mut headers = Vec::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    let len = find(&headers, "content-length").map_or(Ok(0), str::parse);
    let mut body = vec![0; len.map_err(|_| io::Error::other("no length"))?];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request {
        method,
        target,
        headers,
        body,
    }))
}

/// Writes an answer. Answers whether the connection may go on.
pub(super) async fn write_answer(
    stream: &mut BufReader<TcpStream>,
    answer: &Answer,
    framing: Framing,
    without_body: bool,
) -> io::Result<bool> {
    let mut head = format!("HTTP/1.1 {} X\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let len = answer.body.len();
    let told = match framing {
        Framing::True => format!("content-length: {len}\r\n\r\n"),
        Framing::Off(by) => format!("content-length: {}\r\n\r\n", len.saturating_add_signed(by as isize)),
        Framing::Unended => format!("transfer-encoding: chunked\r\n\r\n{len:x}\r\n"),
        Framing::Endless => "connection: close\r\n\r\n".to_owned(),
    };
    head.push_str(&told);
    stream.write_all(head.as_bytes()).await?;
    if !without_body {
        stream.write_all(&answer.body).await?;
    }
    if framing == Framing::Endless {
        let flood = vec![b' '; 1 << 16];
        for _ in 0..FLOOD / flood.len() {
            stream.write_all(&flood).await?;
        }
    }
    stream.flush().await?;
    Ok(framing == Framing::True)
}
