//! The service against real databases (SQLite and Postgres) and a real bucket.

#[macro_use]
mod support;

mod brake;
mod claims;
mod completion;
mod database;
mod installations;
mod jobs;
mod links;
mod many_writers;
mod quota;
mod revive;
mod secrets;
mod upkeep;
mod uploads;
mod wrong_clock;
