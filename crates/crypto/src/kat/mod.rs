//! Known answers, Wycheproof and the negative corpus, as functions over any cipher back-end.
//!
//! They live in the crate and not in its tests so that a browser can run the very same cases on WebCrypto. Only the
//! feature `kat` compiles them, and nothing that ships has it: they inject nonces and salts.

mod corpus;
mod fixed;
mod objects;
mod texts;
mod vectors;
mod wycheproof;

use alloc::format;
use alloc::string::String;
use core::fmt;

pub use corpus::{CORPUS, run_negative};
pub use fixed::{NFKC, fixed_nonce, named_bytes};
pub use vectors::run_vectors;
pub use wycheproof::run_wycheproof;

use crate::cipher::CipherBackend;
use crate::error::Error;

/// How many cases ran. All of them passed, or there would be a [`Failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Known answers of the format.
    pub vectors: u32,
    /// Cases of the Wycheproof project.
    pub wycheproof: u32,
    /// Cases that must be refused, told apart as newer, or opened despite looking unusual.
    pub negative: u32,
}

/// The first case that did not behave as it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(format!("unexpected: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("the cases do not parse: {error}"))
    }
}

/// Runs every case there is on a back-end.
///
/// # Errors
/// The first [`Failure`].
pub async fn run_all<B: CipherBackend>(backend: &B) -> Result<Counts, Failure> {
    Ok(Counts {
        vectors: run_vectors(backend).await?,
        wycheproof: run_wycheproof(backend).await?,
        negative: run_negative(backend).await?,
    })
}

/// Fails with the case's name unless the two are equal.
fn expect_eq<T: PartialEq + ?Sized>(what: &str, found: &T, expected: &T) -> Result<(), Failure> {
    if found == expected {
        Ok(())
    } else {
        Err(Failure(format!("{what} differs")))
    }
}
