//! The person's hand on a running transfer: pause, go on, try now, stop.

use core::{future::poll_fn, task::Poll, task::Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handle on a running transfer. Clones are the same hand; it may be used from any thread.
#[derive(Debug, Clone, Default)]
pub struct Control(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    paused: bool,
    cancelled: bool,
    left: bool,
    nudges: u64,
    waiting: Vec<Waker>,
}

impl Control {
    /// A hand that nobody has moved.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts no further part; those on their way come to their end.
    pub fn pause(&self) {
        self.change(|state| state.paused = true);
    }

    /// Goes on, at once also where a retry is waiting.
    pub fn resume(&self) {
        self.change(|state| {
            state.paused = false;
            state.nudges += 1;
        });
    }

    /// Ends the wait before the next try.
    pub fn try_now(&self) {
        self.change(|state| state.nudges += 1);
    }

    /// Stops for good: what was begun is cleaned up and the transfer ends as cancelled.
    pub fn cancel(&self) {
        self.change(|state| state.cancelled = true);
    }

    /// Stops for now: what was sent is kept, and a later run goes on with it, where there is a journal.
    pub fn leave(&self) {
        self.change(|state| state.left = true);
    }

    /// Whether it is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.lock().paused
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Resolves when it is stopped, for good or for now.
    pub async fn cancelled(&self) {
        self.until(|state| state.cancelled || state.left).await;
    }

    /// Resolves when it is not paused.
    pub(crate) async fn running(&self) {
        self.until(|state| !state.paused).await;
    }

    /// Resolves at the next [`Self::try_now`] or [`Self::resume`].
    pub(crate) async fn nudged(&self) {
        let seen = self.lock().nudges;
        self.until(|state| state.nudges != seen).await;
    }

    async fn until(&self, reached: impl Fn(&State) -> bool) {
        poll_fn(|context| {
            let mut state = self.lock();
            if reached(&state) {
                return Poll::Ready(());
            }
            if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                state.waiting.push(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let waiting = {
            let mut state = self.lock();
            change(&mut state);
            core::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, executor::block_on, future::join};

    use super::*;

    #[test]
    fn waiting_ends_with_the_change_it_waits_for() {
        let control = Control::new();
        assert!(control.cancelled().now_or_never().is_none());
        assert!(control.running().now_or_never().is_some());
        control.pause();
        assert!(control.running().now_or_never().is_none());
        let other = control.clone();
        block_on(join(control.running(), async move { other.resume() }));
        let other = control.clone();
        block_on(join(control.nudged(), async move { other.try_now() }));
        control.cancel();
        block_on(control.cancelled());
    }
}
