//! Whether parts that were signed arrive.
//!
//! What a proxy in front refuses (a body that is too long for it, a method that it does not know) never comes here, and only
//! the browser of a stranger sees it. What can be seen from here is that addresses are asked for and nothing follows.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::Method;
use tokio::time::Instant;

/// How long the first part may take to begin.
const PATIENCE: Duration = Duration::from_secs(15);
/// Time between two complaints.
const SILENCE: Duration = Duration::from_secs(3600);

/// When parts were signed, and when the last one came.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Since when something signed is waited for.
    waiting: Option<Instant>,
    told: Option<Instant>,
}

impl Arrivals {
    /// Addresses of parts are handed out.
    pub(crate) fn signed(self: &Arc<Self>) {
        if !self.begin(Instant::now()) {
            return;
        }
        let arrivals = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if arrivals.is_overdue(Instant::now()) {
                tracing::warn!(
                    "addresses of parts were signed, and no part came: something in front of the server may refuse them. A proxy \
                     must take bodies of 10 MiB (nginx: client_max_body_size 16m; its default of 1m answers 413) and hand them on \
                     as they come (proxy_request_buffering off), and a firewall must let PUT, PATCH and DELETE through. \
                     `sealdrop-server doctor` tries it"
                );
            }
        });
    }

    fn begin(&self, now: Instant) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = seen.waiting.is_none();
        seen.waiting.get_or_insert(now);
        first
    }

    fn arrived(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting = None;
    }

    /// Whether nothing came for too long, and that was not logged lately.
    fn is_overdue(&self, now: Instant) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let late = seen
            .waiting
            .take()
            .is_some_and(|since| now.duration_since(since) >= PATIENCE);
        let tells = late && seen.told.is_none_or(|told| now.duration_since(told) >= SILENCE);
        if tells {
            seen.told = Some(now);
        }
        tells
    }
}

/// In front of the embedded bucket.
pub(crate) async fn note_arrival(State(arrivals): State<Arc<Arrivals>>, request: Request, next: Next) -> Response {
    if *request.method() == Method::PUT {
        arrivals.arrived();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x39_parts_that_never_come_are_told_of_once_an_hour() {
        let (arrivals, start) = (Arrivals::default(), Instant::now());
        let later = |seconds| start + Duration::from_secs(seconds);
        assert!(arrivals.begin(start) && !arrivals.begin(later(1)), "one is waited for");
        assert!(!arrivals.is_overdue(later(5)), "not yet");
        assert!(arrivals.begin(later(6)));
        arrivals.arrived();
        assert!(!arrivals.is_overdue(later(60)), "it came");
        assert!(arrivals.begin(later(100)));
        assert!(arrivals.is_overdue(later(116)));
        assert!(arrivals.begin(later(200)));
        assert!(!arrivals.is_overdue(later(300)), "it was logged");
        assert!(arrivals.begin(later(4000)));
        assert!(arrivals.is_overdue(later(4100)));
    }
}
