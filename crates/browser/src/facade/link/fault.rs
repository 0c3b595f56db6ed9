//! What is wrong with a link, as far as its text shows.

/// What is wrong with a link, found without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkFault {
    /// Nothing follows the `#`.
    NoKey,
    /// The page was reloaded or came back from the history, and its key could not be kept.
    KeyForgotten,
    /// Cut off.
    Incomplete,
    /// As long as a link and not right.
    Altered,
    /// A link of another server, or no link at all.
    Foreign,
    /// Made by a newer version of this program.
    NewerVersion,
}

impl From<sealdrop_transfer::LinkFault> for LinkFault {
    fn from(fault: sealdrop_transfer::LinkFault) -> Self {
        match fault {
            sealdrop_transfer::LinkFault::NoKey => Self::NoKey,
            sealdrop_transfer::LinkFault::Incomplete => Self::Incomplete,
            sealdrop_transfer::LinkFault::Altered => Self::Altered,
            sealdrop_transfer::LinkFault::Foreign => Self::Foreign,
            sealdrop_transfer::LinkFault::NewerVersion => Self::NewerVersion,
        }
    }
}
