//! The real command line against the real server.

mod house;
mod links;
mod refusals;
mod resume;
mod round_trip;
#[cfg(unix)]
mod terminal;
