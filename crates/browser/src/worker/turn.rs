//! One part at a time is read and sealed by a worker, while others are on the line: two at once would be no faster, since
//! ciphers are one thread's work, and hold twice the memory.

use futures::lock::{Mutex, MutexGuard};

thread_local! {
    // It lives as long as its worker, so that who holds it needs to hold nothing else.
    static TURN: &'static Mutex<()> = Box::leak(Box::new(Mutex::new(())));
}

/// Waits for the worker's turn. Dropping it passes it on.
pub(super) async fn take_turn() -> MutexGuard<'static, ()> {
    TURN.with(|turn| *turn).lock().await
}
