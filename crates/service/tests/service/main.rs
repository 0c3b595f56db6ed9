//! The service against real databases (SQLite and Postgres) and a real bucket.

#[macro_use]
mod support;

mod books;
mod brake;
mod claims;
mod installations;
mod jobs;
mod links;
mod many_writers;
mod revive;
mod room;
mod secrets;
mod upkeep;
mod uploads;
mod wrong_clock;
