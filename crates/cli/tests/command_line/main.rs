//! The real command line against the real server.

mod house;
mod refusals;
mod resume;
mod round_trip;
#[cfg(unix)]
mod terminal;
