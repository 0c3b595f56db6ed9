//! What one process knows of its brakes, and the kinds of expiry that have one.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use super::line::Line;

/// What is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Links whose time is over.
    Links = 0,
    /// What was sent and is linked by nothing, and idle.
    Uploads = 1,
    /// Objects of the bucket that the database does not know.
    Unknown = 2,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::Uploads => "uploads",
            Self::Unknown => "unknown objects",
        }
    }
}

/// Instants at which something is due: later than the first, if there is one, and no later than the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) after: Option<i64>,
    pub(crate) until: i64,
}

/// What is due and was not seen to fall due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unseen {
    /// Due by then: the pass before would have ended it.
    pub(crate) missed_until: i64,
    /// Due later than `after` and no later than `until`: time that no running server saw pass.
    pub(crate) jumped: Window,
}

/// What a pass may end of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(crate) window: Window,
    /// How much it may not.
    pub(crate) held: u64,
}

/// One for each kind, of this process.
#[derive(Debug)]
pub(crate) struct Brakes {
    /// Where the line begins in a database that never noted it.
    pub(super) begun_at: i64,
    links: Brake,
    uploads: Brake,
    unknown: Brake,
}

#[derive(Debug, Default)]
pub(super) struct Brake {
    pub(super) line: Mutex<Option<Line>>,
    pub(super) vouched: AtomicBool,
}

impl Brakes {
    pub(crate) fn new(begun_at: i64) -> Self {
        Self {
            begun_at,
            links: Brake::default(),
            uploads: Brake::default(),
            unknown: Brake::default(),
        }
    }

    pub(super) fn of(&self, kind: Kind) -> &Brake {
        match kind {
            Kind::Links => &self.links,
            Kind::Uploads => &self.uploads,
            Kind::Unknown => &self.unknown,
        }
    }

    /// Whatever is due at the next pass may end: an operator says so.
    pub(crate) fn vouch(&self) {
        for kind in [Kind::Links, Kind::Uploads] {
            self.of(kind).vouched.store(true, Ordering::SeqCst);
        }
    }

    /// An operator allows the next pass to delete all unknown objects.
    pub(crate) fn vouch_for_unknown(&self) {
        self.unknown.vouched.store(true, Ordering::SeqCst);
    }
}
