//! The embedded bucket: the S3 protocol over files on disk.
//!
//! A service that starts with nothing configured still needs a place for sealed parts, reached by the same presigned
//! URLs as a bucket at a provider. This crate is that place. The protocol (signatures, expiry, XML) is the crate `s3s`;
//! what is ours is a store that keeps its word:
//!
//! - A part or object that was acknowledged is on the disk: written aside, fsynced, renamed, folder fsynced.
//! - Complete moves no bytes. Parts stay the files they are; one small manifest, renamed into place, makes them an object.
//! - What a part is (number, ETag, size) is the *name* of its file, so a crash or a race can never mix two attempts.
//! - Keys never become paths, and no path is ever built from a request.
//! - Bodies stream through bounded buffers; the number of requests that move bytes at the same time is bounded too.
//! - Whatever an object is, a browser hears `application/octet-stream`, `nosniff` and a `Content-Security-Policy` with `sandbox`:
//!   the bucket may share an origin with an application.
//!
//! One process owns a folder; a second one is refused ([`Error::Locked`]).
//!
//! # Mounting
//!
//! The service takes the whole path (`/<bucket>/<key>`, path style): mount it without stripping a prefix.
//!
//! ```no_run
//! use sealdrop_local_s3::{Credentials, LocalS3, LocalS3Config};
//!
//! # async fn example() -> Result<axum::Router, sealdrop_local_s3::Error> {
//! let credentials = Credentials::load_or_make("data/bucket-credentials")?;
//! let bucket = LocalS3::open(LocalS3Config::new("data/bucket", &credentials)).await?;
//! let app = axum::Router::new()
//!     .route_service("/blobs", bucket.service())
//!     .route_service("/blobs/", bucket.service())
//!     .route_service("/blobs/{*key}", bucket.service());
//! # Ok(app)
//! # }
//! ```
//!
//! `s3s` reports every refused request at the level `error` under the target `s3s`, missing keys included. Switch that
//! target off; this crate logs what an operator must know under its own name.

mod client;
mod config;
mod credentials;
mod drain_body;
mod endpoint;
mod error;
mod protocol;
mod store;

pub use client::Client;
pub use config::LocalS3Config;
pub use credentials::Credentials;
pub use endpoint::LocalS3Service;
pub use error::Error;

use std::{io, sync::Arc};

/// One bucket in one folder. Clones share it.
#[derive(Clone, Debug)]
pub struct LocalS3 {
    store: Arc<store::Store>,
    service: LocalS3Service,
}

impl LocalS3 {
    /// Opens the folder (making it when absent), takes its lock and clears away what a crash left behind.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process owns the folder, [`Error::Config`] for a configuration that cannot work,
    /// [`Error::Io`] when the disk refuses.
    pub async fn open(config: LocalS3Config) -> Result<Self, Error> {
        config.check()?;
        let root = config.root.clone();
        let store = tokio::task::spawn_blocking(move || store::Store::open(&root, store::Faults::default()))
            .await
            .map_err(|error| Error::Config(format!("opening the bucket folder was interrupted: {error}")))??;
        Ok(Self::over(Arc::new(store), config))
    }

    fn over(store: Arc<store::Store>, config: LocalS3Config) -> Self {
        let service = LocalS3Service::new(Arc::clone(&store), config);
        Self { store, service }
    }

    /// The bucket as a tower service that never fails: every refusal is an S3 answer.
    #[must_use]
    pub fn service(&self) -> LocalS3Service {
        self.service.clone()
    }

    /// Bytes that an unprivileged process may still write on the bucket's file system.
    ///
    /// # Errors
    /// When the file system cannot be asked.
    pub fn available_bytes(&self) -> io::Result<u64> {
        self.store.available_bytes()
    }
}
