//! Whether a connection does anything: what is under way on it, and when something last moved.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::{sync::Notify, time::Instant};

/// Of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    /// The last request under way has ended.
    quiet: Notify,
    /// The first request has come.
    first: Notify,
}

#[derive(Debug, Clone, Copy)]
struct State {
    has_begun: bool,
    /// Requests that are not answered yet.
    asked: usize,
    /// Answers of which not everything is written.
    answering: usize,
    moved_at: Instant,
}

/// How much it would cost to end a connection now; less comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rest {
    /// Nothing under way since then.
    Idle(Instant),
    /// Answers under way, of which nothing was taken since then.
    Stalled(Instant),
}

/// How long the other end may take nothing of an answer before others may have its place, where there is no other.
const STALLED_AFTER: Duration = Duration::from_secs(10);

impl Activity {
    pub(super) fn new(now: Instant) -> Arc<Self> {
        let state = State {
            has_begun: false,
            asked: 0,
            answering: 0,
            moved_at: now,
        };
        Arc::new(Self {
            state: Mutex::new(state),
            quiet: Notify::new(),
            first: Notify::new(),
        })
    }

    /// A request begins.
    pub(super) fn begin(self: &Arc<Self>) -> Asked {
        self.change(|state| {
            state.has_begun = true;
            state.asked += 1;
        });
        self.first.notify_one();
        Asked(Some(Arc::clone(self)))
    }

    /// Whether, and since when, others could have its place.
    pub(super) fn rest(&self, now: Instant) -> Option<Rest> {
        let state = self.state();
        match state {
            State { asked: 1.., .. } => None,
            State { answering: 0, .. } => Some(Rest::Idle(state.moved_at)),
            State { moved_at, .. } => {
                (now.saturating_duration_since(moved_at) >= STALLED_AFTER).then_some(Rest::Stalled(moved_at))
            }
        }
    }

    /// Ends when there was no request under way for so long.
    pub(super) async fn idle_for(&self, patience: Duration) {
        loop {
            let state = self.state();
            if state.asked + state.answering > 0 {
                self.quiet.notified().await;
                continue;
            }
            let end = state.moved_at + patience;
            if Instant::now() >= end {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }

    /// Ends when the first request has come.
    pub(super) async fn begun(&self) {
        if !self.state().has_begun {
            self.first.notified().await;
        }
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        state.moved_at = Instant::now();
        if state.asked + state.answering == 0 {
            self.quiet.notify_one();
        }
    }
}

/// A request that is not answered yet.
pub(super) struct Asked(Option<Arc<Activity>>);

impl Asked {
    /// It is answered with this body, which is under way until it is written or dropped.
    pub(super) fn answered(mut self, body: Body) -> Body {
        let Some(activity) = self.0.take() else {
            return body;
        };
        activity.change(|state| {
            state.asked -= 1;
            state.answering += 1;
        });
        Body::new(Answering { body, activity })
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(activity) = self.0.take() {
            activity.change(|state| state.asked -= 1);
        }
    }
}

/// The body of an answer.
struct Answering {
    body: Body,
    activity: Arc<Activity>,
}

impl hyper::body::Body for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_ready() {
            self.activity.change(|_| {});
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.activity.change(|state| state.answering -= 1);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn n04_what_is_under_way_is_no_rest() {
        let start = Instant::now();
        let activity = Activity::new(start);
        assert_eq!(activity.rest(start), Some(Rest::Idle(start)));
        let asked = activity.begin();
        let later = Instant::now() + Duration::from_secs(3600);
        assert_eq!(activity.rest(later), None, "it is being answered");
        assert!(activity.idle_for(Duration::ZERO).now_or_never().is_none());
        let body = asked.answered(Body::from("answer"));
        assert_eq!(activity.rest(Instant::now()), None);
        assert!(matches!(activity.rest(later), Some(Rest::Stalled(_))), "no reader");
        assert!(activity.idle_for(Duration::ZERO).now_or_never().is_none());
        drop(body);
        assert!(matches!(activity.rest(later), Some(Rest::Idle(_))));
        activity.idle_for(Duration::ZERO).await;
        drop(activity.begin());
        assert!(
            matches!(activity.rest(later), Some(Rest::Idle(_))),
            "who hangs up asks nothing"
        );
    }
}
