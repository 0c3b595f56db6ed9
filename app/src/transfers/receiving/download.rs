//! A download of the opened link: how it is started and resumed, what it tells, and its buttons.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};

use super::{HANDLES, ReceiveScreen, Receiving};
use crate::{
    engine::{
        Failure, FailureKind, PickedLocation, ReceiveEvent, Selection, TransferHandle, TransferProgress,
        UnfinishedDownload, UnfinishedState,
    },
    messages::t,
    model::{
        items,
        run::{Direction, RowState, Run, worth_saying},
        stage_words::stage_words,
        user_error,
    },
    split::{begin, split_work},
};

split_work!(receiving: receive(receiving: Receiving, wanted: Option<(Selection, Option<PickedLocation>)>, turn: u32) = receiving.hand_over(wanted, turn));

impl Receiving {
    /// Whether what an earlier page left waits to be gone on with.
    pub(crate) fn can_go_on(self) -> bool {
        let is_ready = |found: &UnfinishedDownload| found.state == UnfinishedState::Ready;
        self.unfinished.with(|found| found.as_ref().is_some_and(is_ready))
    }

    /// Goes on where an earlier page, or an earlier try, stopped. Called from a click: browsers ask for that.
    pub(crate) fn go_on(self) {
        if let Some(found) = self.unfinished.get_untracked() {
            self.asked.set(found.chosen.map(|rows| rows.into_iter().collect()));
            self.placed.set(found.placed);
        }
        self.show_start(self.asked.get_untracked(), self.placed.get_untracked());
        self.start(None);
    }

    /// Removes what is here of an unfinished download.
    pub(crate) fn start_over(self) {
        let Some(opened) = HANDLES.with_borrow(|held| held.opened.clone()) else {
            return;
        };
        self.unfinished.set(None);
        spawn_local(async move {
            opened.forget_unfinished().await;
            self.forgotten.set(true);
            self.voice.0.set(t().forgotten.to_owned());
        });
    }

    /// What is ticked; `None` means all, which it also is if nothing is.
    fn ticked(self) -> Option<BTreeSet<usize>> {
        let picked = self.picked.get_untracked();
        let all = self.items.with_untracked(Vec::len);
        Some(picked).filter(|picked| !picked.is_empty() && picked.len() < all)
    }

    /// Downloads what is ticked; all, if nothing is.
    pub(crate) fn download_picked(self) {
        self.download(self.ticked());
    }

    /// Downloads the file of one row.
    pub(crate) fn download_one(self, row: usize) {
        self.download(Some(BTreeSet::from([row])));
    }

    /// Downloads some rows, or all. Called from a click: browsers ask for that.
    pub(crate) fn download(self, asked: Option<BTreeSet<usize>>) {
        self.begin(asked, None);
    }

    /// Asks where to save the ticked rows, and downloads them there. Called from a click: browsers require one. Nothing changes if the
    /// choice is cancelled.
    pub(crate) fn save_to(self) {
        let asked = self.ticked();
        let picking = HANDLES.with_borrow(|held| {
            held.opened
                .as_ref()
                .and_then(|opened| opened.pick_place(&selection(asked.as_ref())))
        });
        let Some(picking) = picking else { return };
        spawn_local(async move {
            match picking.await {
                Ok(None) => {}
                Ok(place) => self.begin(asked, place),
                Err(failure) => self.fail(user_error::receiving_into_place(&failure)),
            }
        });
    }

    pub(super) fn begin(self, asked: Option<BTreeSet<usize>>, place: Option<PickedLocation>) {
        if self.screen.get_untracked() == ReceiveScreen::Working {
            return;
        }
        self.show_start(asked.clone(), place.is_some());
        HANDLES.with_borrow_mut(|held| held.place.clone_from(&place));
        let which = selection(asked.as_ref());
        self.start(Some((which, place)));
    }

    /// Everything as it is before the first byte.
    fn show_start(self, asked: Option<BTreeSet<usize>>, placed: bool) {
        let earlier: Vec<RowState> = self.run.with_untracked(|run| run.marks.clone());
        let total = match &asked {
            Some(rows) => self.items.with_untracked(|items| items::total_of(items, rows)),
            None => self.summary.with_untracked(|summary| summary.plain_bytes),
        };
        let mut run = Run::start(earlier.len(), total);
        if let Some(rows) = &asked {
            for (at, (mark, earlier)) in run.marks.iter_mut().zip(earlier).enumerate() {
                *mark = match earlier {
                    _ if rows.contains(&at) => RowState::Next,
                    RowState::Unaltered | RowState::Complete => earlier,
                    _ => RowState::NotStarted,
                };
            }
        }
        self.turn.update(|turn| *turn += 1);
        self.run.set(run);
        self.asked.set(asked);
        self.cancelled.set(false);
        self.unfinished.set(None);
        self.forgotten.set(false);
        self.kept.set(false);
        self.placed.set(placed);
        self.error.set(None);
        self.screen.set(ReceiveScreen::Working);
    }

    /// Loads the download code, then starts the wanted download; `None` resumes the unfinished one.
    fn start(self, wanted: Option<(Selection, Option<PickedLocation>)>) {
        let turn = self.turn.get_untracked();
        begin(async move {
            if receive(self, wanted, turn).await.is_err() && self.is_at(turn) {
                self.failed(&Failure::new(FailureKind::NotLoaded));
            }
        });
    }

    /// Whether the download that was begun in this turn is still what the person waits for.
    fn is_at(self, turn: u32) -> bool {
        self.turn.get_untracked() == turn && self.screen.get_untracked() == ReceiveScreen::Working
    }

    /// Hands it to the engine, unless the person is elsewhere by now.
    async fn hand_over(self, mut wanted: Option<(Selection, Option<PickedLocation>)>, turn: u32) {
        let opened = HANDLES.with_borrow(|held| held.opened.clone());
        let Some(opened) = opened.filter(|_| self.is_at(turn)) else {
            return;
        };
        // A new download deletes an unfinished one. With the same files the unfinished one resumes instead; with others the page asks.
        if wanted.is_some() && !self.looked.get_untracked() {
            let found = opened.unfinished().await.ok().flatten();
            if !self.is_at(turn) {
                return;
            }
            self.looked.set(true);
            if let Some(found) = found.filter(|found| found.state == UnfinishedState::Ready) {
                let chosen = found.chosen.as_ref().map(|rows| rows.iter().copied().collect());
                if found.placed || self.placed.get_untracked() || chosen != self.asked.get_untracked() {
                    self.unfinished.set(Some(found));
                    self.screen.set(ReceiveScreen::Contents);
                    return;
                }
                wanted = None;
            }
        }
        let on_event = move |event| self.on_event(event);
        let handle = match wanted {
            Some((which, place)) => opened.download(which, place, on_event),
            None => opened.go_on(on_event),
        };
        HANDLES.with_borrow_mut(|held| held.handle = Some(handle));
    }

    fn on_event(self, event: ReceiveEvent) {
        match event {
            ReceiveEvent::Kept(kept) => self.kept.set(kept),
            ReceiveEvent::Progress(progress) => self.progress(&progress),
            ReceiveEvent::FileDone { index, whole } => self.run.update(|run| run.file_done(index, whole)),
            ReceiveEvent::Done(receipt) => {
                self.received.set(receipt);
                self.screen.set(ReceiveScreen::Verified);
                self.voice.0.set(untrack(|| self.verdict()));
            }
            ReceiveEvent::Failed(failure) => {
                self.run.update(Run::stopped);
                self.failed(&failure);
            }
            ReceiveEvent::Cancelled => {
                self.run.update(Run::stopped);
                self.cancelled.set(true);
                self.screen.set(ReceiveScreen::Contents);
                self.voice.0.set(t().download_cancelled.to_owned());
            }
        }
    }

    /// What a download came to, for its headline: of some files no more than what was checked of them.
    pub(crate) fn verdict(self) -> String {
        let checked = self.run.with(Run::checked);
        if checked.all_unaltered {
            t().verified_title.to_owned()
        } else {
            (t().checked_title)(checked.files as u64, self.items.with(Vec::len) as u64)
        }
    }

    fn progress(self, progress: &TransferProgress) {
        if self.screen.get_untracked() != ReceiveScreen::Working {
            return;
        }
        let before = self.run.get_untracked();
        let mut run = before.clone();
        self.items
            .with_untracked(|rows| HANDLES.with_borrow(|held| run.received(progress, rows, &held.lens)));
        self.asked.with_untracked(|asked| {
            // Other rows keep what an earlier download said of them.
            let others = |at: &usize| asked.as_ref().is_some_and(|asked| !asked.contains(at));
            for at in (0..run.marks.len()).filter(others) {
                run.marks[at] = before.marks[at];
            }
        });
        if worth_saying(&before, &run) {
            self.voice.0.set((t().progress_text)(
                run.percent(),
                stage_words(Direction::Receiving, run.stage).0,
            ));
        }
        self.run.set(run);
    }

    pub(crate) fn cancel(self) {
        Self::with_handle(TransferHandle::cancel);
    }

    pub(crate) fn pause(self) {
        Self::with_handle(TransferHandle::pause);
    }

    pub(crate) fn resume(self) {
        Self::with_handle(TransferHandle::resume);
    }

    pub(crate) fn try_now(self) {
        Self::with_handle(TransferHandle::try_now);
    }

    fn with_handle(act: impl FnOnce(&TransferHandle)) {
        HANDLES.with_borrow(|held| held.handle.as_ref().map(act));
    }
}

fn selection(asked: Option<&BTreeSet<usize>>) -> Selection {
    asked.map_or(Selection::All, |rows| Selection::Picked(rows.iter().copied().collect()))
}
