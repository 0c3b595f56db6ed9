//! The server from outside: a real one on a free port, with SQLite and the embedded bucket, asked over HTTP.

mod access;
mod auth;
mod auth_throttle;
mod billing_pages;
mod doctor;
mod documents;
mod drain;
mod harness;
mod headers;
mod life;
mod mail;
mod mail_events;
mod messages;
mod metrics;
mod pages;
mod payments;
mod problems;
mod proxies;
mod readyz;
mod secrets;
mod site;
mod strangers;
mod takedown;
mod transfer;
mod unsubscribe;
mod upkeep;
