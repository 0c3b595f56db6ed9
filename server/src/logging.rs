//! Logs: to standard error, as text or as JSON, without secrets.

use std::{io, panic};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts logging. Later calls change nothing.
pub fn start_logging(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let _ = match log.format {
        LogFormat::Text => builder.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        // A message that was put together at run time may hold anything; a literal holds what we wrote.
        let message = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("(not shown)");
        tracing::error!(place, message, "panicked");
    }));
}
