//! One part at a time is read and sealed by a worker, while others are on the line: two at once would be no faster, since
//! ciphers are one thread's work, and hold twice the memory.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use futures::channel::oneshot;

thread_local! {
    static IS_TAKEN: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<VecDeque<oneshot::Sender<()>>> = const { RefCell::new(VecDeque::new()) };
}

/// The worker's turn. Dropping it passes it on.
pub(super) struct Turn(());

impl Turn {
    /// Waits for it.
    pub(super) async fn take() -> Self {
        while IS_TAKEN.get() {
            let (pass, passed) = oneshot::channel();
            WAITING.with_borrow_mut(|waiting| waiting.push_back(pass));
            // A sender that is dropped means the same as one that sends: look again.
            let _ = passed.await;
        }
        IS_TAKEN.set(true);
        Self(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        IS_TAKEN.set(false);
        // Who does not wait any longer is passed over.
        while let Some(next) = WAITING.with_borrow_mut(VecDeque::pop_front) {
            if next.send(()).is_ok() {
                break;
            }
        }
    }
}
