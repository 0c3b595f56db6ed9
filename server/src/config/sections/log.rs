//! What is logged, and in which form. Logs go to standard error.

use tracing_subscriber::EnvFilter;

use crate::config::{reader::Reader, variable::Variable};

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Section of the log.
#[derive(Debug)]
pub struct Log {
    /// Filter in the syntax of `tracing`'s `EnvFilter`.
    pub filter: String,
    /// The form of a line.
    pub format: LogFormat,
}

static FILTER: Variable = Variable {
    name: "SEALDROP_LOG",
    default: "info",
    secret: false,
    about: "What is logged: a level, or levels by module (`info,sealdrop_server=debug`). No level logs a secret, a query string or a body: libraries are heard no further than warnings, whatever stands here.",
};
static FORMAT: Variable = Variable {
    name: "SEALDROP_LOG_FORMAT",
    default: "text",
    secret: false,
    about: "`text` or `json`, one line each, on standard error.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[&FILTER, &FORMAT];

impl Log {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let filter = reader.text(&FILTER);
        if EnvFilter::try_new(&filter).is_err() {
            reader.problem(
                &FILTER,
                "expected a level (error, warn, info, debug, trace) or levels by module",
            );
        }
        let format = reader.parsed(&FORMAT, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("expected text or json".to_owned()),
        });
        Self { filter, format }
    }
}
