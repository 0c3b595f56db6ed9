//! The service itself: what every operation shares.

use std::sync::Arc;

use sealdrop_api::{Limits, limits::SIGN_WINDOW};

use crate::{Clock, PolicyLimits, ServiceConfig, StartError};

/// Everything the server does that is not HTTP. Cheap to clone; clones share one database pool and one bucket client.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
}

/// What clones share.
pub(crate) struct Inner {
    pub(crate) limits: PolicyLimits,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Service {
    /// Connects to the database, brings its schema up to date, and makes the bucket if it is missing and may be made.
    ///
    /// A SQLite file is created. Needs rustls' process-wide crypto provider when database or bucket are reached by TLS.
    ///
    /// # Errors
    /// [`StartError`], whose text tells the operator what to look at.
    pub async fn connect(config: ServiceConfig, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Ok(Self {
            inner: Arc::new(Inner {
                limits: config.limits,
                clock,
            }),
        })
    }

    /// `GET limits`: what this server allows.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let limits = &self.inner.limits;
        Limits {
            guest: limits.guest_max_bytes > 0,
            max_link_bytes: limits.guest_max_bytes,
            default_expires_in: limits.default_expires_in,
            max_expires_in: limits.max_expires_in,
            default_downloads: limits.default_downloads,
            max_downloads: limits.max_downloads,
            sign_window: u32::try_from(SIGN_WINDOW).unwrap_or(u32::MAX),
        }
    }
}
