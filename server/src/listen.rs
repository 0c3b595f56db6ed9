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
    net::TcpListener,
    sync::Semaphore,
    time::{Instant, Sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use crate::extract::Peer;

/// How long a client may take to say its first words, and every request's headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the other end may take none of the bytes that are written to it. A reader that was paused is no fault and goes on
/// (the embedded bucket gives it a turn again), so this is far longer than any pause in a download of ours, whose ranges are
/// read whole: it only bounds for how long one that never reads on holds a connection and its file.
const WRITE_TIMEOUT: Duration = Duration::from_secs(3600);
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
                () = converse(Prompt::new(stream, WRITE_TIMEOUT), peer, doors, &builder, stop) => {}
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

async fn converse<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: Prompt<S>,
    peer: SocketAddr,
    doors: Doors,
    builder: &auto::Builder<TokioExecutor>,
    stop: CancellationToken,
) {
    let service = hyper::service::service_fn(move |request| doors.clone().answer(peer, request));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
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

/// A stream whose other end must say its first words in time, while the protocol is not known and nobody else watches the
/// clock; and must take what it is sent, now and then.
struct Prompt<S> {
    stream: S,
    heard: usize,
    deadline: Pin<Box<Sleep>>,
    write_timeout: Duration,
    /// Ends when nothing was taken for too long; nothing while bytes are taken.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Prompt<S> {
    fn new(stream: S, write_timeout: Duration) -> Self {
        Self {
            stream,
            heard: 0,
            deadline: Box::pin(tokio::time::sleep_until(Instant::now() + HEADER_TIMEOUT)),
            write_timeout,
            stuck: None,
        }
    }

    /// What became of a write, or that it has waited too long.
    fn in_time<T>(&mut self, cx: &mut Context<'_>, polled: Poll<std::io::Result<T>>) -> Poll<std::io::Result<T>> {
        if polled.is_ready() {
            self.stuck = None;
            return polled;
        }
        let timeout = self.write_timeout;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
        stuck
            .as_mut()
            .poll(cx)
            .map(|()| Err(std::io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Prompt<S> {
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

impl<S: AsyncWrite + Unpin> AsyncWrite for Prompt<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.in_time(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.in_time(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.in_time(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::{sleep, timeout},
    };

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(400);

    #[tokio::test]
    async fn who_takes_nothing_for_too_long_is_hung_up_on() {
        let (here, mut idle) = tokio::io::duplex(1024);
        let asked = idle.write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").await;
        asked.expect("it is heard");
        let doors = Doors::new(Router::new().fallback(async || vec![7; 1 << 20]));
        let (peer, stop) = (SocketAddr::from(([127, 0, 0, 1], 9)), CancellationToken::new());
        let builder = protocols();
        let conversation = converse(Prompt::new(here, PATIENCE), peer, doors, &builder, stop);
        let ended = timeout(Duration::from_secs(10), conversation).await;
        ended.expect("it does not stay for ever");
    }

    #[tokio::test]
    async fn a_reader_that_pauses_again_and_again_gets_everything() {
        let (here, mut reader) = tokio::io::duplex(16);
        // Long enough for a machine that is busy with something else.
        let patience = PATIENCE * 5;
        let mut stream = Prompt::new(here, patience);
        let reading = async {
            let (mut piece, mut read) = ([0; 16], 0);
            while read < 128 {
                sleep(patience / 7).await;
                read += reader.read(&mut piece).await.expect("bytes");
            }
        };
        // In this order at each look, which `tokio::join` does not keep: after a stutter both timers may be due, and the reader's was first.
        let ((), written) = futures::future::join(reading, stream.write_all(&[7; 128])).await;
        written.expect("the pauses together are longer than one may be");
    }
}
