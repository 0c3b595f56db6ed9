//! The attacks, each against a fresh server.

pub(crate) mod begun_uploads;
pub(crate) mod bodies;
pub(crate) mod cross_site;
pub(crate) mod guesses;
pub(crate) mod idle_connections;
pub(crate) mod idle_rows;
pub(crate) mod one_writer;
pub(crate) mod promised_room;
pub(crate) mod signed_parts;
pub(crate) mod slow_bodies;
