//! The service against real databases (SQLite and Postgres) and a real bucket.

#[macro_use]
mod support;

mod brake;
mod claim_races;
mod claims;
mod closing;
mod completion;
mod database;
mod failover;
mod installations;
mod jobs;
mod links;
mod many_writers;
mod own_links;
mod plans;
mod quota;
mod revive;
mod secrets;
mod shared_limits;
mod space;
mod space_steps;
mod storage;
mod takedown;
mod timeline;
mod upkeep;
mod upload_ends;
mod upload_limits;
mod uploads;
mod wrong_clock;
