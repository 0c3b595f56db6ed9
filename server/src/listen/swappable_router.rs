//! The router that the listener serves.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{Router, body::Body, response::Response};
use http::{HeaderValue, Request, Version, header::CONNECTION};
use hyper::body::Incoming;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::activity::Activity;
use crate::extract::Peer;

/// The router behind the listener, replaced once: by the application when it is ready. The embedded bucket is served on the
/// same port as the application, which needs it in order to start.
#[derive(Clone)]
pub(crate) struct SwappableRouter {
    at_start: Router,
    application: Arc<OnceLock<Router>>,
    /// The server ends soon.
    draining: CancellationToken,
}

impl SwappableRouter {
    /// Serves `at_start` first. Once `draining` is cancelled each answer is the last one on its connection: what stands in front sends
    /// the next request elsewhere, and finds no connection that is closed under it.
    pub(crate) fn new(at_start: Router, draining: CancellationToken) -> Self {
        Self {
            at_start,
            application: Arc::default(),
            draining,
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
        // HTTP/2 has no such header: those connections are told by GOAWAY when the listener ends.
        let has_header = request.version() < Version::HTTP_2;
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        let router = self.application.get().unwrap_or(&self.at_start).clone();
        let mut response = router.oneshot(request).await?;
        if has_header && self.draining.is_cancelled() {
            response
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response.map(|body| stream.answered(body)))
    }
}
