//! How much may end in one pass for no reason that was seen.

/// So much is never too much. A night or a weekend of a family or a small office; more of it is a percent of everything only
/// where there is much.
const FLOOR: u64 = 20;
/// More is always too much.
const MOST: u64 = 1_000;
/// More than this part of what lives, in hundredths, is too much.
const PERCENT: u64 = 1;

/// Whether what lives has to be counted.
pub(crate) fn depends(number: u64) -> bool {
    (FLOOR + 1..=MOST).contains(&number)
}

/// Whether so many of those that live may end in one pass.
pub(crate) fn is_too_many(number: u64, living: u64) -> bool {
    number > FLOOR && is_too_many_unknown(number, living)
}

/// Whether this number of unknown objects is too large to delete in one pass. No small number is always allowed, because this program
/// leaves no unknown objects behind.
pub(crate) fn is_too_many_unknown(number: u64, known: u64) -> bool {
    number > MOST || number.saturating_mul(100) > known.saturating_mul(PERCENT)
}

/// That unknown objects are held, and what to do.
pub(crate) fn too_many_unknown(held: u64) -> String {
    format!(
        "{held} objects of the bucket are in no row of the database, more than one percent of all or more than 1,000: none of them is \
         deleted. Was an older database restored, or is it another installation's? Put the right one back. If they shall go, \
         `sealdrop-server reap --delete-unknown`; stop a server that holds the data folder first"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q07_one_percent_or_a_thousand_unknown_objects_are_too_many() {
        for (number, known, too_many) in [
            (0, 0, false),
            (1, 0, true),
            (1, 99, true),
            (1, 100, false),
            (20, 1_999, true),
            (1_000, 100_000, false),
            (1_001, 10_000_000, true),
        ] {
            assert_eq!(is_too_many_unknown(number, known), too_many, "{number} of {known}");
        }
    }

    #[test]
    fn n15_a_few_may_always_end_and_a_thousand_may_be_one_percent() {
        for (number, living, too_many) in [
            (5, 5, false),
            (20, 20, false),
            (21, 21, true),
            (21, 2_100, false),
            (21, 2_099, true),
            (1_000, 100_000, false),
            (1_001, 10_000_000, true),
        ] {
            assert_eq!(is_too_many(number, living), too_many, "{number} of {living}");
            assert!(
                depends(number) || is_too_many(number, 0) == is_too_many(number, u64::MAX),
                "{number}"
            );
        }
    }
}
