//! Names with a number or cut to a length: the extension stays.

/// `name (2).ext`, no longer than `max` bytes.
#[must_use]
pub fn numbered(name: &str, number: u32, max: usize) -> String {
    let (stem, extension) = split_extension(name);
    let suffix = format!(" ({number})");
    let room = max.saturating_sub(suffix.len() + extension.len());
    format!("{}{suffix}{extension}", cut(stem, room))
}

/// Shortens a name to at most `max` bytes; the extension survives.
#[must_use]
pub fn shorten(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    format!("{}{extension}", cut(stem, max.saturating_sub(extension.len())))
}

/// Name and extension with its dot; the extension is short and not the whole name, or empty.
pub(crate) fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && (2..=17).contains(&(name.len() - at)) => name.split_at(at),
        _ => (name, ""),
    }
}

pub(crate) fn cut(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
