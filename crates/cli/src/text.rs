//! Sizes, times and other people's words, fit for a terminal.

use std::ffi::OsStr;

use sealdrop_api::limits::UNLIMITED_DOWNLOADS;
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// `1.2 GB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1_000 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `2026-11-29 22:15 UTC`.
pub(crate) fn instant(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .format(format_description!("[year]-[month]-[day] [hour]:[minute] UTC"))
        .unwrap_or_else(|_| "an unknown day".to_owned())
}

/// RFC 3339, for programs.
pub(crate) fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// `4 min 10 s`.
pub(crate) fn seconds(count: u64) -> String {
    match count {
        0..=59 => format!("{count} s"),
        60..=3_599 => format!("{} min {} s", count / 60, count % 60),
        _ => format!("{} h {} min", count / 3_600, count % 3_600 / 60),
    }
}

/// `45 seconds`, `1 hour`, `30 days`.
pub(crate) fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `1 file`, `3 files`.
pub(crate) fn files(count: usize) -> String {
    if count == 1 {
        "1 file".to_owned()
    } else {
        format!("{count} files")
    }
}

/// `1 download`, `3 downloads`.
pub(crate) fn downloads(count: u32) -> String {
    match count {
        1 => "1 download".to_owned(),
        _ => format!("{count} downloads"),
    }
}

/// How many of the downloads of a link are used, or left; of all that a link without a limit has left, the number says nothing.
pub(crate) fn of_downloads(number: u32, all: u32) -> String {
    match all {
        UNLIMITED_DOWNLOADS if number > all / 2 => "any number of downloads".to_owned(),
        UNLIMITED_DOWNLOADS => downloads(number),
        _ => format!("{number} of {}", downloads(all)),
    }
}

/// A name of a file as text: what is not UTF-8 in it is written out as `\xE8`, so that no two names look the same.
pub(crate) fn shown(name: impl AsRef<OsStr>) -> String {
    let mut text = String::new();
    for chunk in name.as_ref().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    text
}

/// Foreign text without what moves a cursor, turns the reading direction or is invisible. Line breaks
/// become spaces. Joiners stay: emoji and several scripts are written with them.
pub(crate) fn escape(words: &str) -> String {
    words
        .chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let said: Vec<String> = [0, 999, 1_000, 1_234_567, 999_999, 5_368_709_120].map(bytes).to_vec();
        assert_eq!(said, ["0 B", "999 B", "1.0 kB", "1.2 MB", "1.0 MB", "5.4 GB"]);
        assert_eq!(seconds(250), "4 min 10 s");
    }

    #[test]
    fn a_link_without_a_limit_counts_no_limit() {
        assert_eq!(of_downloads(3, 10), "3 of 10 downloads");
        assert_eq!(of_downloads(1, UNLIMITED_DOWNLOADS), "1 download");
        assert_eq!(
            of_downloads(UNLIMITED_DOWNLOADS - 7, UNLIMITED_DOWNLOADS),
            "any number of downloads"
        );
    }

    #[test]
    fn hostile_words_are_harmless() {
        assert_eq!(escape("a\u{1b}[2J\nb\u{202e}c"), "a\u{fffd}[2J b\u{fffd}c");
        assert_eq!(escape("a\u{200b}b\u{2028}c\u{e0041}"), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(escape("👩\u{200d}🚀"), "👩\u{200d}🚀");
    }
}
