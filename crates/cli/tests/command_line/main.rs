//! The real command line against the real server.

mod account;
mod choices;
#[cfg(unix)]
mod environment;
#[cfg(unix)]
mod hidden;
mod installation;
mod links;
#[cfg(unix)]
mod names;
#[cfg(target_os = "linux")]
mod odd_file_systems;
#[cfg(unix)]
mod prompt;
mod refusals;
mod resume;
mod round_trip;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod sources;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod terminal;
