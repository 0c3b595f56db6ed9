//! The router that the listener serves.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{Router, body::Body, response::Response};
use http::Request;
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::activity::Activity;
use crate::extract::Peer;

/// The router behind the listener, replaced once: by the application when it is ready. The embedded bucket is served on the
/// same port as the application, which needs it in order to start.
#[derive(Clone)]
pub(crate) struct SwappableRouter {
    at_start: Router,
    application: Arc<OnceLock<Router>>,
}

impl SwappableRouter {
    pub(crate) fn new(at_start: Router) -> Self {
        Self {
            at_start,
            application: Arc::default(),
        }
    }

    /// Puts the application in place; a second call changes nothing.
    pub(crate) fn swap(&self, application: Router) {
        let _ = self.application.set(application);
    }

    pub(super) async fn answer(
        self,
        peer: SocketAddr,
        activity: Arc<Activity>,
        request: Request<Incoming>,
    ) -> Result<Response, Infallible> {
        let stream = activity.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        let router = self.application.get().unwrap_or(&self.at_start).clone();
        let response = router.oneshot(request).await?;
        Ok(response.map(|body| stream.answered(body)))
    }
}
