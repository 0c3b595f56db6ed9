//! Which names and paths may travel (format, section 6).

/// Bytes of one component at most.
pub const MAX_COMPONENT: usize = 1024;
/// Bytes of a whole path at most.
pub const MAX_PATH: usize = 4096;
/// Components of a path at most.
pub const MAX_DEPTH: usize = 64;

/// Characters that no name may hold: controls, the other separator, and those that turn the reading direction.
pub(super) const fn is_refused(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '/' | '\\' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text is one component of a path, which a name also is.
#[must_use]
pub fn is_component(text: &str) -> bool {
    (1..=MAX_COMPONENT).contains(&text.len()) && text != "." && text != ".." && !text.contains(is_refused)
}

/// Whether a text is a path that may travel.
#[must_use]
pub fn is_path(text: &str) -> bool {
    text.len() <= MAX_PATH && text.split('/').count() <= MAX_DEPTH && text.split('/').all(is_component)
}

/// The folders above a path: `a`, `a/b` for `a/b/c`.
pub(crate) fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}
