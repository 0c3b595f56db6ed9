//! Long lists a few rows with each frame: hundreds at a time would hold the page up.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::file_list::MAX_ROWS;

/// Rows of one frame: about 10 ms on a slow machine.
const AT_ONCE: usize = 40;

/// Draws `count` rows: the first ones now, at least up to `near`, the others with the frames that follow.
pub(crate) fn rows_in_turn(
    count: usize,
    near: usize,
    row: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let row = Arc::new(row);
    let drawn = RwSignal::new(near.max(AT_ONCE));
    Effect::new(move |_| {
        if drawn.get() < count {
            request_animation_frame(move || {
                // The list may be gone by then.
                let _ = drawn.try_update(|drawn| *drawn += AT_ONCE);
            });
        }
    });
    (0..count)
        .step_by(AT_ONCE)
        .map(|from| {
            let row = Arc::clone(&row);
            let is_due = Memo::new(move |_| drawn.get() > from);
            move || {
                let rows = from..count.min(from + AT_ONCE);
                is_due.get().then(|| rows.map(|at| row(at)).collect_view())
            }
        })
        .collect_view()
}

/// How many rows of a list that changes are drawn now: the first ones immediately, the others with the frames that follow.
pub(crate) fn drawn_in_turn(count: impl Fn() -> usize + Send + Sync + 'static) -> Signal<usize> {
    let drawn = RwSignal::new(AT_ONCE);
    Effect::new(move |_| {
        if drawn.get() < count().min(MAX_ROWS) {
            request_animation_frame(move || {
                // The list may be gone by then.
                let _ = drawn.try_update(|drawn| *drawn = (*drawn + AT_ONCE).min(MAX_ROWS));
            });
        }
    });
    drawn.into()
}
