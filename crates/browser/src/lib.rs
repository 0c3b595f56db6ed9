//! Everything that touches the browser, so that nothing else has to.
//!
//! The user interface uses [`facade`] alone, re-exported here. Behind it stand the workers that seal and open, the
//! WebCrypto cipher, the sources and sinks, and the bridge to the service worker. wasm32 only.
#![cfg(target_arch = "wasm32")]

mod chunk;
pub mod cipher;
pub mod facade;
mod journal;
mod platform;
mod preview;
mod sinks;
mod source;
mod split;
pub(crate) mod web;
mod worker;

pub use facade::*;
pub use worker::worker_main;
