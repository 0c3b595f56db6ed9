//! What a link will be: its end, its downloads, a password, a note.

use super::{limits::Allowed, times};
use crate::messages::t;

/// Seconds that the list offers, as far as the server allows them.
const SPANS: [u64; 5] = [3600, 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400];
/// Downloads that the list offers.
const COUNTS: [u32; 5] = [1, 5, 10, 100, 1000];

/// The choices, as they stand.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) expires_in: u64,
    pub(crate) downloads: u32,
    pub(crate) password: String,
    pub(crate) note: String,
    pub(crate) title: String,
    /// Whether this browser shall not keep the link.
    pub(crate) forget: bool,
}

impl Options {
    /// What holds if nothing is chosen.
    pub(crate) fn from_limits(allowed: &Allowed) -> Self {
        Self {
            expires_in: allowed.default_expires_in,
            downloads: allowed.default_downloads,
            password: String::new(),
            note: String::new(),
            title: String::new(),
            forget: false,
        }
    }

    /// The line that says what holds now, in three parts.
    pub(crate) fn summary(&self) -> [String; 3] {
        let password = if self.password.is_empty() {
            t().no_password
        } else {
            t().with_password
        };
        [
            (t().expires_in)(&times::span(self.expires_in)),
            (t().downloads_marked)(self.downloads),
            password.to_owned(),
        ]
    }
}

/// The longest note, in UTF-16 units, as fields count.
const MAX_NOTE_UNITS: usize = 4000;
/// And in bytes, which is what a link holds: most letters of most languages take more than one.
const MAX_NOTE_BYTES: usize = 4096;

/// Whether a link has room for a note.
pub(crate) fn note_fits(note: &str) -> bool {
    note.len() <= MAX_NOTE_BYTES && note.encode_utf16().count() <= MAX_NOTE_UNITS
}

/// The spans to offer: the list, what holds now and the longest allowed.
pub(crate) fn spans(allowed: &Allowed, now: u64) -> Vec<u64> {
    let mut all: Vec<u64> = SPANS
        .into_iter()
        .filter(|span| *span <= allowed.max_expires_in)
        .collect();
    all.extend([now, allowed.max_expires_in]);
    all.sort_unstable();
    all.dedup();
    all
}

/// The counts to offer.
pub(crate) fn counts(allowed: &Allowed, now: u32) -> Vec<u32> {
    let mut all: Vec<u32> = COUNTS
        .into_iter()
        .filter(|count| *count <= allowed.max_downloads)
        .collect();
    all.extend([now, allowed.max_downloads]);
    all.sort_unstable();
    all.dedup();
    all
}

/// A time that was typed, in seconds: at least a minute, at most what the server allows. `None` for what is no number.
pub(crate) fn own_span(typed: &str, unit: u64, most: u64) -> Option<u64> {
    let number: u64 = typed.trim().parse().ok()?;
    Some(number.saturating_mul(unit).clamp(60, most.max(60)))
}

/// Downloads that were typed: at least one, at most what the server allows.
pub(crate) fn own_count(typed: &str, most: u32) -> Option<u32> {
    let number: u64 = typed.trim().parse().ok()?;
    Some(u32::try_from(number).unwrap_or(u32::MAX).clamp(1, most.max(1)))
}

/// A time as a number of the largest unit that it is a multiple of; `units` from the smallest on.
pub(crate) fn in_units(seconds: u64, units: &[u64; 3]) -> (u64, u64) {
    let fits = units
        .iter()
        .rev()
        .find(|unit| seconds >= **unit && seconds.is_multiple_of(**unit));
    let unit = fits.copied().unwrap_or(units[0]);
    (seconds.div_ceil(unit), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_holds() {
        let mut options = Options::from_limits(&Allowed::default());
        assert_eq!(
            options.summary(),
            ["Expires in *7 days*", "*10* downloads", "no password"]
        );
        options.downloads = 1;
        options.password.push('x');
        assert_eq!(options.summary()[1..], ["*1* download", "with a password"]);
        options.downloads = sealdrop_api::limits::UNLIMITED_DOWNLOADS;
        assert_eq!(options.summary()[1], "*no* download limit");
    }

    #[test]
    fn nothing_is_offered_that_the_server_refuses() {
        let allowed = Allowed {
            max_expires_in: 2 * 86_400,
            max_downloads: 7,
            ..Allowed::default()
        };
        assert_eq!(spans(&allowed, 86_400), [3600, 86_400, 172_800]);
        assert_eq!(counts(&allowed, 5), [1, 5, 7]);
    }

    #[test]
    fn own_values_stay_within_what_the_server_allows() {
        assert_eq!(own_span("3", 86_400, 30 * 86_400), Some(3 * 86_400));
        assert_eq!(own_span(" 90 ", 86_400, 30 * 86_400), Some(30 * 86_400));
        assert_eq!(own_span("0", 60, 3600), Some(60));
        assert_eq!(own_span("99999999999999999999", 60, 3600), None);
        assert_eq!(own_span("18446744073709551615", 86_400, 3600), Some(3600));
        assert_eq!((own_span("", 60, 3600), own_span("1.5", 60, 3600)), (None, None));
        assert_eq!(
            (own_count("7", 100), own_count("0", 100), own_count("5000000000", 100)),
            (Some(7), Some(1), Some(100))
        );
        let units = [60, 3600, 86_400];
        assert_eq!(in_units(7 * 86_400, &units), (7, 86_400));
        assert_eq!(in_units(36 * 3600, &units), (36, 3600));
        assert_eq!(in_units(90, &units), (2, 60));
    }
}
