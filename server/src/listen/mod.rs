//! The listener: connections in, bounded in number and in patience, HTTP/1.1 and HTTP/2 on the same port.

mod activity;
mod connection_limits;
mod prompt;
mod swappable_router;
mod timeouts;

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::timeouts::DRAIN_TIMEOUT;
pub(crate) use self::{connection_limits::Bounds, swappable_router::SwappableRouter};
use self::{
    connection_limits::{ConnectionSlot, ConnectionSlots},
    prompt::Prompt,
    timeouts::{GOODBYE, HEADER_TIMEOUT, IDLE_TIMEOUT, LAST_WORDS, SHORT_GOODBYE, WRITE_TIMEOUT},
};

/// The answer where no slot is free, in the one protocol that every client understands.
const TURNED_AWAY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Serves until `stop`, then lets running requests end for `patience`, which is [`DRAIN_TIMEOUT`] or what is left of it.
pub(crate) async fn listen(
    listener: TcpListener,
    router: SwappableRouter,
    bounds: Bounds,
    patience: Duration,
    stop: CancellationToken,
) {
    let slots = ConnectionSlots::new(bounds);
    let connections = TaskTracker::new();
    let abort = CancellationToken::new();
    let builder = Arc::new(protocols());
    let serve = |(stream, peer): (TcpStream, SocketAddr)| {
        let Some(slot) = slots.acquire(peer.ip()) else {
            // A client that does not read it sees that the connection ended.
            let _ = stream.try_write(TURNED_AWAY);
            return;
        };
        // Small answers must not wait for more to send.
        let _ = stream.set_nodelay(true);
        let (router, builder, stop, abort) = (router.clone(), Arc::clone(&builder), stop.clone(), abort.clone());
        connections.spawn(async move {
            let stream = Prompt::new(stream, WRITE_TIMEOUT);
            tokio::select! {
                () = abort.cancelled() => {}
                () = serve_connection(stream, peer, router, &builder, &slot, stop) => {}
            }
        });
    };
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok(connection) => serve(connection),
            Err(error) => {
                // Out of file descriptors, or a client that left immediately: neither is a reason to end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    accept_rest(listener).into_iter().for_each(serve);
    connections.close();
    if tokio::time::timeout(patience, connections.wait()).await.is_err() {
        tracing::warn!(
            open = connections.len(),
            "some connections did not end in time and were cut"
        );
        abort.cancel();
        connections.wait().await;
    }
}

/// What the system has taken already is served too: to be reset is another thing than to be refused. Asked of the system itself, which
/// knows of a connection before the runtime does.
fn accept_rest(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let listener = match listener.into_std() {
        Ok(listener) => listener,
        Err(_) => return Vec::new(),
    };
    let taken = std::iter::from_fn(|| listener.accept().ok());
    taken
        .filter_map(|(stream, peer)| {
            stream.set_nonblocking(true).ok()?;
            Some((TcpStream::from_std(stream).ok()?, peer))
        })
        .collect()
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
        .initial_stream_window_size(512 << 10)
        // What waits to be read is memory, of every connection.
        .initial_connection_window_size(1 << 20);
    builder
}

async fn serve_connection<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: Prompt<S>,
    peer: SocketAddr,
    router: SwappableRouter,
    builder: &auto::Builder<TokioExecutor>,
    slot: &ConnectionSlot,
    stop: CancellationToken,
) {
    let activity = Arc::clone(slot.activity());
    let service =
        hyper::service::service_fn(move |request| router.clone().answer(peer, Arc::clone(&activity), request));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let patience = tokio::select! {
        result = connection.as_mut() => return tell(result),
        () = stop.cancelled() => {
            tokio::select! {
                result = connection.as_mut() => return tell(result),
                () = slot.activity().begun() => {}
                () = tokio::time::sleep(LAST_WORDS) => {}
            }
            None
        }
        () = slot.activity().idle_for(IDLE_TIMEOUT) => Some(GOODBYE),
        () = slot.is_revoked() => Some(SHORT_GOODBYE),
    };
    connection.as_mut().graceful_shutdown();
    match patience {
        None => tell(connection.await),
        Some(patience) => {
            // One that does not end is cut: it had nothing under way.
            if let Ok(result) = tokio::time::timeout(patience, connection).await {
                tell(result);
            }
        }
    }
}

fn tell<E: std::fmt::Display>(result: Result<(), E>) {
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::{sleep, timeout},
    };

    use axum::Router;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(400);

    #[tokio::test]
    async fn who_takes_nothing_for_too_long_is_hung_up_on() {
        let (here, mut idle) = tokio::io::duplex(1024);
        let asked = idle.write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").await;
        asked.expect("it is heard");
        let (peer, stop) = (SocketAddr::from(([127, 0, 0, 1], 9)), CancellationToken::new());
        let router = SwappableRouter::new(Router::new().fallback(async || vec![7; 1 << 20]), stop.clone());
        let builder = protocols();
        let slot = ConnectionSlots::new(Bounds::of(4, None))
            .acquire(peer.ip())
            .expect("a slot");
        let conversation = serve_connection(Prompt::new(here, PATIENCE), peer, router, &builder, &slot, stop);
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
