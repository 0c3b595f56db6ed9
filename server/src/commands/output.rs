//! What commands print, and how the process ends.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

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
