//! A file of a download that is there.

/// A file that got its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saved {
    /// Its place in the list.
    pub(crate) index: usize,
    /// Which twin of its name it is.
    pub(super) nth: u32,
}
