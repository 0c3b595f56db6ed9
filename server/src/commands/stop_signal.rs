//! Waits until the process is told to end.

/// Listens for SIGINT and SIGTERM from this call on; what it returns is over when the first of them has come. To be called before it is
/// said that the process runs: a signal that nothing listens for ends it in the middle.
#[cfg(unix)]
pub(super) fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::SignalKind;
    let (interrupted, terminated) = (listen(SignalKind::interrupt()), listen(SignalKind::terminate()));
    async move {
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
    }
}

#[cfg(unix)]
fn listen(kind: tokio::signal::unix::SignalKind) -> impl Future<Output = ()> {
    let listening = tokio::signal::unix::signal(kind);
    async move {
        match listening {
            Ok(mut signal) => drop(signal.recv().await),
            // Without it there is nothing to wait for but the other one.
            Err(_) => std::future::pending().await,
        }
    }
}

/// Returns when the console says so.
#[cfg(not(unix))]
pub(super) async fn stop_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
