//! What a user chooses of notices.

use sealdrop_api::account::{Notices, NoticesChange};

/// One choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// A sign-in on a new device.
    NewDevice,
    /// A download of a link.
    LinkDownloaded,
    /// A link that expires without one.
    LinkUnused,
    /// Storage that is full, or nearly.
    Storage,
    /// One mail a day.
    Daily,
}

impl Choice {
    /// Of what there are notices.
    pub(crate) const OF_WHAT: [Self; 4] = [Self::LinkDownloaded, Self::LinkUnused, Self::Storage, Self::NewDevice];

    /// For tests.
    pub(crate) fn test_id(self) -> &'static str {
        match self {
            Self::NewDevice => "notice-new-device",
            Self::LinkDownloaded => "notice-link-downloaded",
            Self::LinkUnused => "notice-link-unused",
            Self::Storage => "notice-storage",
            Self::Daily => "notice-daily",
        }
    }

    /// What holds.
    pub(crate) fn of(self, notices: &Notices) -> bool {
        match self {
            Self::NewDevice => notices.new_device,
            Self::LinkDownloaded => notices.link_downloaded,
            Self::LinkUnused => notices.link_unused,
            Self::Storage => notices.storage,
            Self::Daily => notices.daily,
        }
    }

    /// What is to change.
    pub(crate) fn wish(self, is_wanted: bool) -> NoticesChange {
        let mut change = NoticesChange::default();
        let field = match self {
            Self::NewDevice => &mut change.new_device,
            Self::LinkDownloaded => &mut change.link_downloaded,
            Self::LinkUnused => &mut change.link_unused,
            Self::Storage => &mut change.storage,
            Self::Daily => &mut change.daily,
        };
        *field = Some(is_wanted);
        change
    }
}

/// Two changes, the later of which goes before.
pub(crate) fn joined(earlier: NoticesChange, later: NoticesChange) -> NoticesChange {
    NoticesChange {
        new_device: later.new_device.or(earlier.new_device),
        link_downloaded: later.link_downloaded.or(earlier.link_downloaded),
        link_unused: later.link_unused.or(earlier.link_unused),
        storage: later.storage.or(earlier.storage),
        daily: later.daily.or(earlier.daily),
    }
}

/// The choices after a change.
pub(crate) fn changed(notices: Notices, change: NoticesChange) -> Notices {
    Notices {
        new_device: change.new_device.unwrap_or(notices.new_device),
        link_downloaded: change.link_downloaded.unwrap_or(notices.link_downloaded),
        link_unused: change.link_unused.unwrap_or(notices.link_unused),
        storage: change.storage.unwrap_or(notices.storage),
        daily: change.daily.unwrap_or(notices.daily),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_changes_itself_alone() {
        let none = Notices {
            new_device: false,
            link_downloaded: false,
            link_unused: false,
            storage: false,
            daily: false,
        };
        let all = [Choice::Daily].into_iter().chain(Choice::OF_WHAT);
        for choice in all.clone() {
            let after = changed(none, choice.wish(true));
            for other in all.clone() {
                assert_eq!(other.of(&after), other == choice, "{choice:?}, {other:?}");
            }
            assert_eq!(changed(after, choice.wish(false)), none);
            let back = joined(choice.wish(true), choice.wish(false));
            assert_eq!(back, choice.wish(false), "the last click is what holds");
            for other in all.clone() {
                let both = changed(none, joined(choice.wish(true), other.wish(true)));
                assert!(choice.of(&both) && other.of(&both));
            }
        }
    }
}
