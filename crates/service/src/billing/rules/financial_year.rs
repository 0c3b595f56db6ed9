//! India's financial year: from 1 April on, by India's clock.

use std::fmt;

use time::{Month, OffsetDateTime};

use super::period::INDIA;

/// A financial year, by the calendar year that it begins in. Shown as `26-27`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FinancialYear(i32);

impl FinancialYear {
    /// The one that an instant lies in.
    pub(crate) fn of(instant: OffsetDateTime) -> Self {
        let date = instant.to_offset(INDIA).date();
        let is_before_april = u8::from(date.month()) < u8::from(Month::April);
        Self(date.year() - i32::from(is_before_april))
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.0.rem_euclid(100), (self.0 + 1).rem_euclid(100))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_year_begins_at_midnight_in_india() {
        let last = FinancialYear::of(datetime!(2027-03-31 18:29:59 UTC));
        let first = FinancialYear::of(datetime!(2027-03-31 18:30:00 UTC));
        assert!(last < first);
        assert_eq!((last.to_string(), first.to_string()), ("26-27".into(), "27-28".into()));
        let century = FinancialYear::of(datetime!(2099-12-31 00:00 UTC));
        assert_eq!(century.to_string(), "99-00");
        assert_eq!(FinancialYear::of(datetime!(2027-01-01 00:00 UTC)), last);
    }
}
