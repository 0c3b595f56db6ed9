//! One part at a time is read and sealed by a worker, while others are on the line: two at a time would be no faster, since
//! ciphers are one thread's work, and hold twice the memory.

use std::cell::RefCell;

use futures::channel::oneshot;

thread_local! {
    /// Ends when the last turn that was asked for does.
    static LAST: RefCell<Option<oneshot::Receiver<()>>> = const { RefCell::new(None) };
}

/// Waits for the worker's turn: who comes first is first, so that no part waits for ever. Dropping what
/// this gives passes it on. A job that is cancelled still takes its turn, and gives it back immediately.
pub(super) async fn take_turn() -> oneshot::Sender<()> {
    let (turn, over) = oneshot::channel();
    if let Some(before) = LAST.replace(Some(over)) {
        // It never sends: its end is all that there is to hear.
        let _ = before.await;
    }
    turn
}
