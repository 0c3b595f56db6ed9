//! Calendar months.

use time::{Date, Month, OffsetDateTime, UtcOffset};

/// The zone of the calendar that periods, invoices and financial years go by: India's, which has no summer time.
pub(crate) const INDIA: UtcOffset = match UtcOffset::from_hms(5, 30, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// The same time of day so many calendar months later, by India's calendar. The day of the month is kept; where the month has no such
/// day, it is the last one. So a chain of periods is counted from its first day: 31 January and one month is 28 February, and two
/// months are 31 March.
///
/// Nothing where the year is beyond what a date can have.
pub(crate) fn after_months(from: OffsetDateTime, months: u32) -> Option<OffsetDateTime> {
    let from = from.to_offset(INDIA);
    let months = i64::from(from.year()) * 12 + i64::from(u8::from(from.month()) - 1) + i64::from(months);
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = u8::try_from(months.rem_euclid(12) + 1).ok()?;
    let month = Month::try_from(month).ok()?;
    let day = from.day().min(month.length(year));
    let date = Date::from_calendar_date(year, month, day).ok()?;
    Some(from.replace_date(date).to_offset(UtcOffset::UTC))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_day_of_the_month_is_kept() {
        let from = datetime!(2027-01-31 12:00 UTC);
        assert_eq!(after_months(from, 1), Some(datetime!(2027-02-28 12:00 UTC)));
        assert_eq!(after_months(from, 2), Some(datetime!(2027-03-31 12:00 UTC)));
        assert_eq!(after_months(from, 13), Some(datetime!(2028-02-29 12:00 UTC)));
        assert_eq!(
            after_months(datetime!(2027-12-31 00:00 UTC), 2),
            Some(datetime!(2028-02-29 00:00 UTC))
        );
        // Half past eight in the evening of 28 February in Greenwich is 1 March in India.
        assert_eq!(
            after_months(datetime!(2027-02-28 20:30 UTC), 1),
            Some(datetime!(2027-03-31 20:30 UTC))
        );
    }

    proptest! {
        #[test]
        fn a_longer_period_ends_later_and_never_in_another_month(at in 0_i64..4_000_000_000, months in 0_u32..36) {
            let from = OffsetDateTime::from_unix_timestamp(at).expect("an instant");
            let end = after_months(from, months).expect("in range");
            let longer = after_months(from, months + 1).expect("in range");
            prop_assert!(end < longer);
            let (from, end) = (from.to_offset(INDIA), end.to_offset(INDIA));
            prop_assert_eq!(from.time(), end.time());
            let passed = (end.year() - from.year()) * 12 + i32::from(u8::from(end.month())) - i32::from(u8::from(from.month()));
            prop_assert_eq!(passed, i32::try_from(months).expect("small"));
            prop_assert!(end.day() == from.day() || (end.day() < from.day() && end.day() == end.month().length(end.year())));
        }
    }
}
