//! What notices are of.

use sealdrop_api::account::NoticesChange;

/// What a notice is of: each is a choice of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    /// A download of a link was complete and verified.
    LinkDownloaded,
    /// A link expires soon, and nobody has downloaded it.
    LinkUnused,
    /// Storage that is full, or nearly.
    Storage,
}

impl NoticeKind {
    pub(crate) const ALL: [Self; 3] = [Self::LinkDownloaded, Self::LinkUnused, Self::Storage];

    /// As the table has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LinkDownloaded => "link-downloaded",
            Self::LinkUnused => "link-unused",
            Self::Storage => "storage",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The column of the user's choice.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::LinkDownloaded => "notify_link_downloaded",
            Self::LinkUnused => "notify_link_unused",
            Self::Storage => "notify_storage",
        }
    }

    /// What a change says of it.
    pub(crate) fn wish(self, change: NoticesChange) -> Option<bool> {
        match self {
            Self::LinkDownloaded => change.link_downloaded,
            Self::LinkUnused => change.link_unused,
            Self::Storage => change.storage,
        }
    }
}
