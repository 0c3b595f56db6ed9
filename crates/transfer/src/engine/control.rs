//! Control of a running transfer: pause, resume, retry now, suspend, cancel.

use core::{future::poll_fn, task::Poll, task::Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handle that controls a running transfer. Clones control the same one, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Control(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    paused: bool,
    cancelled: bool,
    suspended: bool,
    retry_requests: u64,
    waiting: Vec<Waker>,
}

impl Control {
    /// Creates a control: not paused, not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Pauses: no further part starts, running ones finish.
    pub fn pause(&self) {
        self.change(|state| state.paused = true);
    }

    /// Resumes, and retries without waiting.
    pub fn resume(&self) {
        self.change(|state| {
            state.paused = false;
            state.retry_requests += 1;
        });
    }

    /// Ends the wait before the next retry.
    pub fn retry_now(&self) {
        self.change(|state| state.retry_requests += 1);
    }

    /// Cancels: what was begun is removed, and the transfer ends as cancelled.
    pub fn cancel(&self) {
        self.change(|state| state.cancelled = true);
    }

    /// Suspends: what was sent is kept, and a later run resumes it, where there is a journal.
    pub fn suspend(&self) {
        self.change(|state| state.suspended = true);
    }

    /// Whether it is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.lock().paused
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Resolves when it is cancelled or suspended.
    pub async fn cancelled(&self) {
        self.until(|state| state.cancelled || state.suspended).await;
    }

    /// Resolves when it is not paused.
    pub(crate) async fn running(&self) {
        self.until(|state| !state.paused).await;
    }

    /// Resolves at the next [`Self::retry_now`] or [`Self::resume`].
    pub(crate) async fn retry_requested(&self) {
        let seen = self.lock().retry_requests;
        self.until(|state| state.retry_requests != seen).await;
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
        block_on(join(control.retry_requested(), async move { other.retry_now() }));
        control.cancel();
        block_on(control.cancelled());
    }
}
