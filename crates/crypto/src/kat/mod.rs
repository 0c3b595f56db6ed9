//! Known answers, Wycheproof and the negative corpus, as functions over any cipher back-end.
//!
//! They live in the crate and not in its tests so that a browser can run the very same cases on WebCrypto. Only the
//! feature `kat` compiles them, and nothing that ships has it: they inject nonces and salts.

mod corpus;
mod failure;
mod fixed;
mod objects;
mod texts;
mod vectors;
mod verdict;
mod wycheproof;

pub use self::{
    corpus::{CORPUS, run_negative},
    failure::Failure,
    fixed::{NFKC, fixed_nonce, named_bytes},
    vectors::run_vectors,
    wycheproof::run_wycheproof,
};
use crate::object::cipher::CipherBackend;

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
