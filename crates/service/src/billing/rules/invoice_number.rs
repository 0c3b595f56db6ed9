//! Numbers of invoices and credit notes: a series of its own for each financial year, of at most 16 characters (CGST Rules, rule 46(b)).

use super::financial_year::FinancialYear;

/// The highest number of a series: one more would be longer than the law allows.
const MAX: u32 = 999_999;

/// What a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Series {
    /// What was charged.
    Invoice,
    /// What was given back.
    CreditNote,
}

impl Series {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Invoice => "INV",
            Self::CreditNote => "CRN",
        }
    }

    /// What its counter is named, such as `INV/26-27`.
    pub(crate) fn key(self, year: FinancialYear) -> String {
        format!("{}/{year}", self.prefix())
    }

    /// A number such as `INV/26-27/000001`; nothing where the series is full.
    pub(crate) fn number(self, year: FinancialYear, n: u32) -> Option<String> {
        (1..=MAX).contains(&n).then(|| format!("{}/{n:06}", self.key(year)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::OffsetDateTime;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_short_and_of_letters_that_the_law_allows(at in 0_i64..4_000_000_000, n in 1..=MAX) {
            let year = FinancialYear::of(OffsetDateTime::from_unix_timestamp(at).expect("an instant"));
            for series in [Series::Invoice, Series::CreditNote] {
                let number = series.number(year, n).expect("it is in the series");
                prop_assert!(number.len() <= 16, "{}", number);
                prop_assert!(number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '/'));
                let read: Option<u32> = number.rsplit('/').next().and_then(|n| n.parse().ok());
                prop_assert_eq!(read, Some(n));
            }
        }
    }

    #[test]
    fn a_series_begins_at_one_and_ends() {
        let year = FinancialYear::of(time::macros::datetime!(2026-11-30 12:00 UTC));
        assert_eq!(Series::Invoice.number(year, 1).as_deref(), Some("INV/26-27/000001"));
        assert_eq!(
            Series::CreditNote.number(year, MAX).as_deref(),
            Some("CRN/26-27/999999")
        );
        assert_eq!(
            (Series::Invoice.number(year, 0), Series::Invoice.number(year, MAX + 1)),
            (None, None)
        );
    }
}
