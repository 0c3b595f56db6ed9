//! Instants as people read them.

use time::{OffsetDateTime, macros::format_description};

/// `30 November 2026, 13:05 UTC`: a mail does not know its reader's clock.
pub(super) fn date(at: OffsetDateTime) -> String {
    let format = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}
