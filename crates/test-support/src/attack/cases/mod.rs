//! The attacks, one in each file.

pub(in crate::attack) mod begun_uploads;
pub(in crate::attack) mod bodies;
pub(in crate::attack) mod cross_site;
pub(in crate::attack) mod guesses;
pub(in crate::attack) mod idle_connections;
pub(in crate::attack) mod idle_rows;
pub(in crate::attack) mod one_writer;
pub(in crate::attack) mod promised_room;
pub(in crate::attack) mod reserve;
pub(in crate::attack) mod signed_parts;
pub(in crate::attack) mod slow_bodies;
