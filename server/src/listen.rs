//! The listener: connections in, bounded in number and in patience, HTTP/1.1 and HTTP/2 on the same port.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, response::Response};
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{Instant, Sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use crate::extract::Peer;

/// How long a client may take to say its first words, and every request's headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long running requests are waited for at the end. Whoever ends the process usually waits 30 seconds.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(25);
/// Bytes after which the protocol is known: the length of HTTP/2's preface.
const FIRST_BYTES: usize = 24;

/// What is behind the listener: a few answers at first, the whole application once it is ready.
///
/// The embedded bucket lives on the same port as the application that needs it in order to start.
#[derive(Clone)]
pub(crate) struct Doors {
    at_first: Router,
    whole: Arc<OnceLock<Router>>,
}

impl Doors {
    pub(crate) fn new(at_first: Router) -> Self {
        Self {
            at_first,
            whole: Arc::default(),
        }
    }

    pub(crate) fn open(&self, whole: Router) {
        // A second opening changes nothing.
        let _ = self.whole.set(whole);
    }

    async fn answer(self, peer: SocketAddr, request: Request<Incoming>) -> Result<Response, Infallible> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        self.whole
            .get()
            .unwrap_or(&self.at_first)
            .clone()
            .oneshot(request)
            .await
    }
}

/// Serves until `stop`, then lets running requests end for [`DRAIN_TIMEOUT`].
pub(crate) async fn listen(listener: TcpListener, doors: Doors, max_connections: usize, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(max_connections));
    let connections = TaskTracker::new();
    let abort = CancellationToken::new();
    let builder = Arc::new(protocols());
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or a client that left at once: neither is a reason to end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Small answers must not wait for more to send.
        let _ = stream.set_nodelay(true);
        let (doors, builder, stop, abort) = (doors.clone(), Arc::clone(&builder), stop.clone(), abort.clone());
        connections.spawn(async move {
            tokio::select! {
                () = abort.cancelled() => {}
                () = converse(stream, peer, doors, &builder, stop) => {}
            }
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.wait()).await.is_err() {
        tracing::warn!(
            open = connections.len(),
            "some connections did not end in time and were cut"
        );
        abort.cancel();
        connections.wait().await;
    }
}

fn protocols() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(64 << 10);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20))
        .max_concurrent_streams(128)
        .max_header_list_size(32 << 10)
        // A part is 10 MiB: the default window of 64 KiB would hold it to a window a round trip.
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20);
    builder
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    doors: Doors,
    builder: &auto::Builder<TokioExecutor>,
    stop: CancellationToken,
) {
    let service = hyper::service::service_fn(move |request| doors.clone().answer(peer, request));
    let connection = builder.serve_connection(TokioIo::new(Prompt::new(stream)), service);
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(error, "a connection ended early");
    }
}

/// A stream whose other end must say its first words in time: while the protocol is not known, nobody else watches the clock.
struct Prompt {
    stream: TcpStream,
    heard: usize,
    deadline: Pin<Box<Sleep>>,
}

impl Prompt {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            heard: 0,
            deadline: Box::pin(tokio::time::sleep_until(Instant::now() + HEADER_TIMEOUT)),
        }
    }
}

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.heard = self.heard.saturating_add(buffer.filled().len() - before);
        if polled.is_pending() && self.heard < FIRST_BYTES && self.deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()));
        }
        polled
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
