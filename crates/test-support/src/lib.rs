//! What the tests of several crates share and no user ever runs: S3 endpoints that start and stop with a test and one
//! conformance suite for all of them, a Redis, a server that lies, a proxy that spoils what passes, strangers who attack, doubles of what mail is sent to
//! and of who takes payments, and an installation of real processes that can be killed, with the checkers of what must hold afterwards.

pub mod attack;
pub mod chaos;
mod content;
pub mod fleet;
pub mod installation;
pub mod invariants;
pub mod mail;
pub mod malicious_server;
pub mod postgres;
pub mod razorpay;
pub mod redis;
pub mod s3;

pub use content::content;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A poisoned lock is a test that failed already.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
