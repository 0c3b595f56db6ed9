//! The ids of elements that code looks for.

/// The dialog that shows one file.
pub(crate) const PREVIEW: &str = "preview";
/// The dialog that asks what pasted text is to be.
pub(crate) const PASTED: &str = "pasted";
