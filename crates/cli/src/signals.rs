//! What stops a command: Ctrl-C, a terminal that closes, a system that shuts down.

/// The signals that stop the program, caught from now on. One that comes before it is waited for is not lost.
pub(crate) struct Signals(#[cfg(unix)] Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    pub(crate) fn listen() -> Self {
        use tokio::signal::unix::SignalKind;
        let hangup = (!is_hangup_ignored()).then(SignalKind::hangup);
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        Self::of(kinds.into_iter().chain(hangup))
    }

    pub(crate) fn of(kinds: impl IntoIterator<Item = tokio::signal::unix::SignalKind>) -> Self {
        // What cannot be listened to does what it always does.
        let heard = kinds
            .into_iter()
            .filter_map(|kind| tokio::signal::unix::signal(kind).ok());
        Self(heard.collect())
    }

    /// The next of them.
    pub(crate) async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let came = |signal: &mut tokio::signal::unix::Signal| signal.poll_recv(context).is_ready();
            if self.0.iter_mut().any(came) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn listen() -> Self {
        Self()
    }

    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// A command that was started with `nohup` must outlive its terminal.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    /// The first bit of the mask.
    const HANGUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(mask) => mask & HANGUP != 0,
        // Where the mask cannot be read: nohup takes the terminal from standard error.
        None => !std::io::IsTerminal::is_terminal(&std::io::stderr()),
    }
}

/// Resolves when the command is to stop.
pub(crate) async fn stopped() {
    Signals::listen().next().await;
}
