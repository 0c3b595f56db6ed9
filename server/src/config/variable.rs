//! A setting, described once for the reader and for the reference.

/// A setting: its name, its default (empty: none) and what it is for.
#[derive(Debug)]
pub struct Variable {
    /// Name in the environment.
    pub name: &'static str,
    /// What holds when it is not set; empty when that is decided elsewhere.
    pub default: &'static str,
    /// Whether it has a `_FILE` twin and is never shown.
    pub secret: bool,
    /// One sentence for the operator.
    pub about: &'static str,
}

/// A section of the reference: a heading and its variables.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) variables: &'static [&'static Variable],
}
