//! Folders that were dropped, with what the browser could not read of them: it is named, and never left out unasked.

use leptos::prelude::*;

use crate::transfers::sending::{SendScreen, Sending};
use crate::{
    engine::{Dropped, Failure, FailureKind},
    messages::t,
    model::user_error,
};

impl Sending {
    /// Adds what was dropped.
    pub(crate) fn drop_in(self, dropped: Dropped) {
        let Dropped {
            files,
            empty_folders,
            unread,
        } = dropped;
        let nothing = files.is_empty() && unread.is_empty();
        self.unread.update(|known| {
            // What is dropped once more may be readable by then.
            known.retain(|path| !files.iter().any(|file| is_or_holds(path, &file.path)));
            known.extend(unread);
            known.sort();
            known.dedup();
        });
        self.add(files);
        self.nothing.set(nothing);
        self.empty_folders.set(empty_folders as u64);
        let unread = self.unread.with_untracked(Vec::len) as u64;
        if unread > 0 {
            self.voice.0.set((t().unreadable_title)(unread));
        }
    }

    /// Stops a sending that would leave out what could not be read, before anything is sent.
    pub(super) fn refuse_unread(self) -> bool {
        let Some(file) = self.unread.with_untracked(|unread| unread.first().cloned()) else {
            return false;
        };
        self.stop(user_error::sending(&Failure {
            file: Some(file),
            ..Failure::new(FailureKind::SourceUnreadable)
        }));
        true
    }

    /// Paths of what cannot be read: of the drop, and of the files that were chosen.
    pub(crate) fn all_unreadable(self) -> Vec<String> {
        let mut paths = self.unread.get();
        if self.screen.get() == SendScreen::Stopped {
            self.unreadable
                .with(|files| paths.extend(files.iter().map(|(_, path)| path.clone())));
        }
        paths
    }
}

/// Whether a path is another one, or that of a folder above it.
fn is_or_holds(path: &str, other: &str) -> bool {
    other
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(all(test, not(feature = "hydrate")))]
mod tests {
    use super::*;
    use crate::{
        engine::{Picked, SendEvent, Stage, TransferProgress},
        transfers::live_region::LiveRegion,
    };

    fn dropped(files: &[&str], unread: &[&str]) -> Dropped {
        Dropped {
            files: files
                .iter()
                .map(|path| Picked {
                    path: (*path).to_owned(),
                    len: 1,
                    modified_ms: None,
                })
                .collect(),
            empty_folders: 0,
            unread: unread.iter().map(|path| (*path).to_owned()).collect(),
        }
    }

    #[test]
    fn x13_what_was_not_read_is_named_until_it_is_read_or_left_out() {
        Owner::new().with(|| {
            let sending = Sending::new(LiveRegion(RwSignal::new(String::new())));
            sending.drop_in(dropped(&["photos/a"], &["photos/locked", "photos"]));
            assert_eq!(sending.all_unreadable(), ["photos", "photos/locked"]);
            sending.start();
            assert_eq!(sending.screen.get(), SendScreen::Stopped, "not sent without asking");
            let said = sending.error.get().map(|error| error.happened).unwrap_or_default();
            assert!(said.contains("photos"), "{said}");
            sending.back();
            sending.drop_in(dropped(&["photos/locked/b"], &[]));
            assert_eq!(sending.all_unreadable(), Vec::<String>::new());
            sending.drop_in(dropped(&[], &["gone"]));
            assert!(!sending.nothing.get(), "the drop was not empty");
            sending.leave_out();
            let name = sending.error.get().map(|error| error.name);
            assert_eq!(name, Some("server-away"), "it was begun, and no server is here");
            assert_eq!(sending.all_unreadable(), Vec::<String>::new());
        });
    }

    #[test]
    fn u12_only_what_was_uploaded_is_called_so() {
        Owner::new().with(|| {
            let sending = Sending::new(LiveRegion(RwSignal::new(String::new())));
            sending.drop_in(dropped(&["a", "b"], &["gone"]));
            sending.start();
            assert_eq!(sending.screen.get(), SendScreen::Stopped);
            assert!(!sending.has_stored(), "nothing was begun");
            sending.screen.set(SendScreen::Running);
            sending.on_event(SendEvent::Kept("an id".to_owned()));
            assert!(!sending.has_stored(), "begun, and no byte of it is there");
            sending.on_event(SendEvent::Progress(TransferProgress {
                stage: Stage::Moving,
                bytes: 1,
                total_bytes: Some(2),
                bytes_per_second: None,
                seconds_left: None,
                files: Vec::new(),
            }));
            assert!(sending.has_stored());
            // Another list is another sending.
            sending.screen.set(SendScreen::Choosing);
            sending.drop_in(dropped(&["c"], &[]));
            assert!(!sending.has_stored());
        });
    }
}
