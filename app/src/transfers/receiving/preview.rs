//! A look at a file of the opened link, without a download.

use leptos::prelude::*;

use super::{HANDLES, ReceiveScreen, Receiving};
use crate::{
    dom::{self, ids::PREVIEW},
    engine,
    model::user_error::Ending,
    transfers::viewing::{Step, View},
};

impl Receiving {
    /// Looks at the file of a row. Called from a click, which makes the claim for it; counts nothing.
    pub(crate) fn preview(self, row: usize) {
        let name = self
            .items
            .with_untracked(|rows| rows.get(row).map(|row| row.name.clone()));
        let turn = self.viewing.begin(row, name.unwrap_or_default());
        dom::enter_preview_entry(row);
        let handle = HANDLES.with_borrow(|held| {
            let opened = held.opened.as_ref()?;
            Some(opened.preview(row, move |event| self.viewing.on_event(turn, event)))
        });
        self.viewing.hold(handle);
    }

    /// The nearest row, before or after the one that is looked at, whose file can be looked at as well.
    pub(crate) fn neighbour(self, step: Step) -> Option<usize> {
        let row = self.viewing.row.get()?;
        self.items.with(|rows| {
            let can = |at: &usize| {
                rows.get(*at)
                    .is_some_and(|item| engine::can_preview(&item.name, item.len))
            };
            match step {
                Step::Previous => (0..row).rev().find(can),
                Step::Next => (row + 1..rows.len()).find(can),
            }
        })
    }

    /// Looks at the file beside, if there is one.
    pub(crate) fn preview_next(self, step: Step) {
        if let Some(row) = untrack(|| self.neighbour(step)) {
            self.preview(row);
        }
    }

    /// The look is over. A link that turned out to have ended has ended for the page as well.
    pub(crate) fn looked(self) {
        dom::leave_preview_entry();
        let found = self.viewing.end();
        if let View::Failed(error) = found
            && error.ending == Ending::Ended
            && self.screen.get_untracked() == ReceiveScreen::Contents
        {
            self.fail(error);
        }
    }

    /// Another entry of the history is the current one: Back closes a preview, Forward opens it again.
    pub(crate) fn travelled(self) {
        let open = self.viewing.row.get_untracked();
        if dom::has_left_preview_entry() {
            // One that was opened on the way gets its own entry.
            if let Some(row) = open {
                dom::enter_preview_entry(row);
            }
            return;
        }
        match dom::preview_entry() {
            None if open.is_some() => dom::close_dialog(PREVIEW),
            Some(row) if open.is_none() && self.can_preview(row) => self.preview(row),
            _ => {}
        }
    }

    /// Whether the row stands on the screen with its button.
    fn can_preview(self, row: usize) -> bool {
        self.screen.get_untracked() != ReceiveScreen::Working
            && !self.is_over()
            && self
                .items
                .with_untracked(|rows| rows.get(row).is_some_and(|row| engine::can_preview(&row.name, row.len)))
    }
}
