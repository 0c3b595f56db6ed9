//! Long work on the page's own thread, in slices: between two of them the page answers to the person.

use gloo_timers::future::TimeoutFuture;

/// Milliseconds of work at a stretch: half of what people notice (a "long task" is one of 50 ms).
const SLICE: f64 = 25.0;

/// Knows when the thread has worked long enough.
pub(crate) struct Breath {
    since: f64,
}

impl Breath {
    /// The work begins.
    pub(crate) fn new() -> Self {
        Self { since: now_ms() }
    }

    /// To be called between two steps of the work: lets others have the thread, when their turn is due.
    pub(crate) async fn take(&mut self) {
        if now_ms() - self.since >= SLICE {
            TimeoutFuture::new(0).await;
            self.since = now_ms();
        }
    }
}

fn now_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |clock| clock.now())
}
