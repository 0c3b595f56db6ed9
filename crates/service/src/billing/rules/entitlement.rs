//! From when until when a user has what they paid for: what their payments add up to.

use time::OffsetDateTime;

use super::period::after_months;

/// A payment that was granted and not given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// What was bought.
    pub(crate) plan: String,
    /// When it was granted.
    pub(crate) at: OffsetDateTime,
    /// Calendar months that it is for.
    pub(crate) months: u32,
}

/// When something that was paid for holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) starts_at: OffsetDateTime,
    /// The first moment at which it does not.
    pub(crate) ends_at: OffsetDateTime,
}

/// A run of periods of one plan without a gap.
struct Chain<'a> {
    plan: &'a str,
    begins_at: OffsetDateTime,
    months: u32,
    ends_at: OffsetDateTime,
}

/// When each of a user's grants holds. They are in the order in which they were granted. Paying early for the same plan adds to its
/// end, counted from the first day of the run; different plans run side by side.
pub(crate) fn validities(grants: &[Grant]) -> Vec<Validity> {
    let mut chains: Vec<Chain<'_>> = Vec::new();
    let mut validities = Vec::with_capacity(grants.len());
    for grant in grants {
        let running = chains.iter_mut().find(|chain| chain.plan == grant.plan);
        let (begins_at, months, starts_at) = match &running {
            Some(chain) if chain.ends_at > grant.at => (
                chain.begins_at,
                chain.months.saturating_add(grant.months),
                chain.ends_at,
            ),
            _ => (grant.at, grant.months, grant.at),
        };
        let ends_at = after_months(begins_at, months).unwrap_or(starts_at);
        let next = Chain {
            plan: &grant.plan,
            begins_at,
            months,
            ends_at,
        };
        match running {
            Some(chain) => *chain = next,
            None => chains.push(next),
        }
        validities.push(Validity { starts_at, ends_at });
    }
    validities
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{Duration, macros::datetime};

    use super::*;

    fn grant(plan: &str, at: OffsetDateTime, months: u32) -> Grant {
        Grant {
            plan: plan.to_owned(),
            at,
            months,
        }
    }

    #[test]
    fn paying_early_adds_to_the_end() {
        let first = grant("plus", datetime!(2027-02-01 12:00 UTC), 1);
        let early = grant("plus", datetime!(2027-02-10 00:00 UTC), 1);
        let got = validities(&[first, early]);
        assert_eq!(got[0].ends_at, datetime!(2027-03-01 12:00 UTC));
        let second = Validity {
            starts_at: got[0].ends_at,
            ends_at: datetime!(2027-04-01 12:00 UTC),
        };
        assert_eq!(got[1], second);
    }

    #[test]
    fn months_are_counted_from_the_first_day() {
        let first = grant("plus", datetime!(2027-01-31 12:00 UTC), 1);
        let second = grant("plus", datetime!(2027-02-20 12:00 UTC), 1);
        let got = validities(&[first, second]);
        assert_eq!(got[0].ends_at, datetime!(2027-02-28 12:00 UTC));
        assert_eq!(got[1].ends_at, datetime!(2027-03-31 12:00 UTC));
    }

    #[test]
    fn after_a_gap_and_beside_another_plan_a_period_begins_anew() {
        let grants = [
            grant("plus", datetime!(2027-01-01 12:00 UTC), 1),
            grant("pro", datetime!(2027-01-10 12:00 UTC), 1),
            grant("plus", datetime!(2027-03-05 12:00 UTC), 1),
        ];
        let got = validities(&grants);
        assert_eq!(got[1].starts_at, grants[1].at);
        assert_eq!(
            (got[2].starts_at, got[2].ends_at),
            (grants[2].at, datetime!(2027-04-05 12:00 UTC))
        );
        // Without the first one, which was given back, the others hold as if it had never been.
        assert_eq!(validities(&grants[1..]), got[1..]);
    }

    proptest! {
        #[test]
        fn what_was_paid_is_neither_lost_nor_doubled(
            gaps in prop::collection::vec((0_i64..100, 1_u32..13), 1..12)
        ) {
            let mut at = datetime!(2027-01-31 12:00 UTC);
            let grants: Vec<Grant> = gaps.iter().map(|(days, months)| {
                at += Duration::days(*days);
                grant("plus", at, *months)
            }).collect();
            let got = validities(&grants);
            for (index, (grant, one)) in grants.iter().zip(&got).enumerate() {
                prop_assert!(one.starts_at >= grant.at);
                prop_assert!(one.ends_at > one.starts_at);
                // Nobody gets fewer days than the months have at least, nor more than they have at most.
                let days = (one.ends_at - one.starts_at).whole_days();
                prop_assert!(days >= i64::from(grant.months) * 28 && days <= i64::from(grant.months) * 31 + 3);
                if let Some(next) = got.get(index + 1) {
                    prop_assert!(next.starts_at >= one.ends_at);
                }
            }
        }
    }
}
