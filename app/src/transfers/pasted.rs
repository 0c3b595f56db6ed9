//! Pasted text before the person said what it is to be.

/// Text that waits for the person to say what it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pasted {
    pub(crate) text: String,
    /// It is a link of this server and nothing else.
    pub(crate) is_link: bool,
}
