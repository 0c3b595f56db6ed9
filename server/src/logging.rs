//! Logs: to standard error, as text or as JSON, without secrets.

use std::{io, panic};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, filter_fn},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::config::{Log, LogFormat};

/// Whether an event may be logged, whatever the filter asks for. Libraries tell addresses, headers and statements when they are
/// asked for detail, and signatures and tokens are among them: beyond warnings only our own crates are heard, which know what
/// is secret. A rule by name alone would be got round by a more exact name (`hyper::proto=trace`).
fn may_be_logged(about: &Metadata<'_>) -> bool {
    let of = about.target().split("::").next().unwrap_or_default();
    match of {
        // It calls every refused request an error, and quotes it.
        "s3s" => false,
        _ if of.starts_with("sealdrop") => true,
        _ => *about.level() <= Level::WARN,
    }
}

/// Standard error, as a log that never fails: if its reader is gone, the server goes on.
struct Unfailing(io::Stderr);

impl io::Write for Unfailing {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = self.0.write_all(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// Starts logging. Later calls change nothing.
pub fn start_logging(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = filter.and(filter_fn(may_be_logged));
    let lines = fmt::layer().with_writer(|| Unfailing(io::stderr()));
    let _ = match log.format {
        LogFormat::Text => {
            let lines = lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
            tracing_subscriber::registry()
                .with(lines.with_filter(filter))
                .try_init()
        }
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true);
            tracing_subscriber::registry()
                .with(lines.with_filter(filter))
                .try_init()
        }
    };
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        // A message that was put together at run time may hold anything; a literal holds what we wrote.
        let message = info
            .payload()
            .downcast_ref::<&'static str>()
            .copied()
            .unwrap_or("(not shown)");
        tracing::error!(place, message, "panicked");
    }));
}
