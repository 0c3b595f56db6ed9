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
}
