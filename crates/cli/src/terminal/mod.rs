//! Terminal and standard streams: what is printed, asked, and shown as progress.

pub(crate) mod input;
pub(crate) mod progress_bar;
pub(crate) mod prompt;
pub(crate) mod stdout_sink;
pub(crate) mod streams;
pub(crate) mod symbols;
