//! The one binary: it serves the API, the pages, the built web app and, when nothing else is configured, the bucket.
//!
//! This crate is HTTP and nothing else. A handler takes a request apart, calls one method of the service and answers; rules
//! live in the service, bytes in the bucket, words in the app. What is said here: how long things may take, how large they
//! may be, which headers go with them, what is logged and what never is.
//!
//! The server holds no key and cannot: the crate that seals is not in its dependencies.

mod access;
mod app;
mod billing_pages;
mod client_network;
pub mod commands;
pub mod config;
mod cookies;
mod extract;
mod leptos;
mod listen;
pub mod logging;
mod mail;
pub mod metrics;
mod middleware;
pub mod openapi;
mod payments;
mod problem;
pub mod routes;
mod running_address;
mod shape;
mod site;
mod start;
mod state;
mod user_agent;

pub use listen::DRAIN_TIMEOUT;
pub use start::{Failure, Running, start, start_with, start_without_serving};
