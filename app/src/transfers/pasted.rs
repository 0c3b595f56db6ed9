//! Pasted text before the person said what it is to be.

/// Text that waits for the person to say what it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pasted {
    pub(crate) text: String,
    /// The address of the link of this server that it is, if it is nothing else.
    pub(crate) link: Option<String>,
}
