//! What commands print, and how the process ends.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

/// Says what is wrong, in the operator's words, and how the process ends.
pub(super) fn fail(error: &dyn std::error::Error) -> ExitCode {
    // Where nobody listens, the exit code says it.
    let _ = writeln!(io::stderr(), "sealdrop-server: {error}");
    ExitCode::FAILURE
}

/// Whether a line found no taker: an output that is full, or that nobody reads.
static UNHEARD: AtomicBool = AtomicBool::new(false);

/// One line for whoever asked. A server serves on where nobody hears it.
pub(super) fn say(line: impl std::fmt::Display) {
    let mut out = io::stdout();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        UNHEARD.store(true, Ordering::Relaxed);
    }
}

/// A command that answers in words has failed where they were not heard.
pub(super) fn heard(code: ExitCode) -> ExitCode {
    if UNHEARD.load(Ordering::Relaxed) {
        return fail(&io::Error::other("standard output cannot be written"));
    }
    code
}
