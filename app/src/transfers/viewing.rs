//! What is looked at without being downloaded: one file at a time, in a dialog.

use std::cell::RefCell;

use leptos::prelude::*;

use super::live_region::LiveRegion;
use crate::{
    dom::{self, ids::PREVIEW},
    engine::{PreviewEvent, PreviewHandle, PreviewRefusal, Shown},
    messages::t,
    model::{
        names,
        user_error::{self, UserError},
    },
};

/// What the dialog shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum View {
    /// The first pieces are on their way.
    Opening,
    /// There is something to see.
    Showing(Shown),
    /// Files like this are not shown: download to view.
    Refused(String),
    /// It does not work, or no longer.
    Failed(UserError),
}

/// To the file before or after the one that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Previous,
    Next,
}

thread_local! {
    static LOOK: RefCell<Option<PreviewHandle>> = const { RefCell::new(None) };
}

/// The state of the preview, as signals.
#[derive(Clone, Copy)]
pub(crate) struct Viewing {
    /// The row that is looked at.
    pub(crate) row: RwSignal<Option<usize>>,
    pub(crate) name: RwSignal<String>,
    pub(crate) view: RwSignal<View>,
    /// Counts previews: what an earlier one still says is not about this one.
    turn: RwSignal<u32>,
    voice: LiveRegion,
}

impl Viewing {
    pub(super) fn new(voice: LiveRegion) -> Self {
        Self {
            row: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            view: RwSignal::new(View::Opening),
            turn: RwSignal::new(0),
            voice,
        }
    }

    /// Opens the dialog for a row; gives the number of this look.
    pub(super) fn begin(self, row: usize, name: String) -> u32 {
        self.end();
        self.name.set(name);
        self.row.set(Some(row));
        self.voice.0.set(t().preview_opening.to_owned());
        dom::show_dialog(PREVIEW);
        self.turn.get_untracked()
    }

    pub(super) fn hold(self, handle: Option<PreviewHandle>) {
        LOOK.set(handle);
    }

    pub(super) fn on_event(self, turn: u32, event: PreviewEvent) {
        if self.turn.get_untracked() != turn || self.row.get_untracked().is_none() {
            return;
        }
        let view = match event {
            PreviewEvent::Showing(shown) => View::Showing(shown),
            PreviewEvent::Refused(refusal) => View::Refused(refused(refusal, &self.name.get_untracked())),
            PreviewEvent::Failed(failure) => View::Failed(user_error::looking(&failure)),
        };
        match &view {
            View::Refused(text) => self.voice.0.set(text.clone()),
            View::Failed(error) => self.voice.0.set(error.title.to_owned()),
            View::Opening | View::Showing(_) => {}
        }
        self.view.set(view);
    }

    /// The element could not make anything of what it was given. If that is because the bytes did not come, the reason
    /// follows or was shown already.
    pub(crate) fn not_understood(self) {
        if self.view.with_untracked(|view| matches!(view, View::Showing(_))) {
            self.view.set(View::Refused(t().preview_cannot_show.to_owned()));
            if let Some(handle) = LOOK.take() {
                handle.close();
            }
        }
    }

    /// The dialog was closed: stops fetching. Returns what it showed last.
    pub(super) fn end(self) -> View {
        self.turn.update(|turn| *turn += 1);
        if let Some(handle) = LOOK.take() {
            handle.close();
        }
        self.row.set(None);
        let last = self.view.get_untracked();
        self.view.set(View::Opening);
        last
    }

    /// Closes the dialog.
    pub(crate) fn close(self) {
        if self.row.get_untracked().is_some() {
            dom::close_dialog(PREVIEW);
            self.end();
        }
    }
}

fn refused(refusal: PreviewRefusal, name: &str) -> String {
    let m = t();
    match refusal {
        PreviewRefusal::Empty => m.preview_empty.to_owned(),
        PreviewRefusal::NotAsNamed => (m.preview_not_as_named)(&names::kind(name)),
        PreviewRefusal::TooLarge => m.preview_too_large.to_owned(),
        PreviewRefusal::Unsupported => m.preview_unsupported.to_owned(),
    }
}
