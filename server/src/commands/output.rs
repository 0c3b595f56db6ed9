//! What commands print, and how the process ends.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Prints the error for the operator, and returns the exit code.
pub(super) fn fail(error: &dyn std::error::Error) -> ExitCode {
    // If standard error is closed, the exit code says it.
    let _ = writeln!(io::stderr(), "sealdrop-server: {error}");
    ExitCode::FAILURE
}

/// Whether a line could not be written: the output is full or closed.
static UNHEARD: AtomicBool = AtomicBool::new(false);

/// Prints one line. A server goes on if its output is closed.
pub(super) fn say(line: impl std::fmt::Display) {
    let mut out = io::stdout();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        UNHEARD.store(true, Ordering::Relaxed);
    }
}

/// Returns failure if a line of the command could not be written.
pub(super) fn heard(code: ExitCode) -> ExitCode {
    if UNHEARD.load(Ordering::Relaxed) {
        return fail(&io::Error::other("standard output cannot be written"));
    }
    code
}

/// An instant as every list prints it.
pub(super) fn text(instant: OffsetDateTime) -> String {
    // Years beyond 9999 have no such text.
    instant.format(&Rfc3339).unwrap_or_else(|_| "never".to_owned())
}
