//! Logs: to standard error, as text or as JSON, without secrets.

use std::{io, panic};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Libraries that log addresses, headers or statements when asked for detail: signatures and tokens would be among them.
const TALKATIVE: &[&str] = &[
    "h2=warn",
    "hyper=warn",
    "hyper_util=warn",
    "s3s=off",
    "sqlx=warn",
    "sea_orm=warn",
    "sea_orm_migration=warn",
    "aws_config=warn",
    "aws_credential_types=warn",
    "aws_runtime=warn",
    "aws_sdk_s3=warn",
    "aws_sigv4=warn",
    "aws_smithy_http_client=warn",
    "aws_smithy_runtime=warn",
    "aws_smithy_runtime_api=warn",
    "tower_http=warn",
    "leptos_axum=warn",
    "leptos_router=warn",
];

/// Standard error, as a log that never fails: when whoever read it has gone, the server does not go with it.
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
    let filter = TALKATIVE
        .iter()
        .filter_map(|quiet| quiet.parse().ok())
        .fold(filter, EnvFilter::add_directive);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Unfailing(io::stderr()));
    let _ = match log.format {
        LogFormat::Text => builder.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
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
