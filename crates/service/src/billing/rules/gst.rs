//! The tax in a price, in whole paise: Indian GST, which a price includes.

/// The highest rate that can be configured, in hundredths of a percent.
pub(crate) const MAX_RATE: u32 = 4_000;

/// Where the buyer is, seen from the seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supply {
    /// In the same state, or nowhere that is known (IGST Act, section 12(2)(b)(ii)): half of the tax is central, half the state's.
    WithinState,
    /// In another state: all of it is integrated tax.
    #[cfg_attr(not(test), expect(dead_code, reason = "no buyer is asked yet where they are"))]
    BetweenStates,
}

/// A price that was charged, and what it consists of, in paise. The parts add up to what was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TaxSplit {
    /// What the service itself cost.
    pub(crate) base: u64,
    /// Central tax.
    pub(crate) cgst: u64,
    /// The state's tax, always as much as the central one.
    pub(crate) sgst: u64,
    /// Integrated tax.
    pub(crate) igst: u64,
}

/// Splits a price of so many paise that includes tax at a rate in hundredths of a percent. Each tax is rounded to the nearest paisa,
/// half a paisa up; the base takes the rest.
pub(crate) fn split(charged: u64, rate: u32, supply: Supply) -> TaxSplit {
    let share = |parts: u64| {
        let (charged, rate) = (u128::from(charged), u128::from(rate.min(MAX_RATE)));
        let whole = u128::from(parts) * (10_000 + rate);
        let share = (2 * charged * rate + whole) / (2 * whole);
        u64::try_from(share).unwrap_or(u64::MAX)
    };
    match supply {
        Supply::WithinState => {
            let half = share(2);
            TaxSplit {
                base: charged - 2 * half,
                cgst: half,
                sgst: half,
                igst: 0,
            }
        }
        Supply::BetweenStates => {
            let igst = share(1);
            TaxSplit {
                base: charged - igst,
                igst,
                ..TaxSplit::default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hundred_rupees_at_eighteen_percent() {
        let within = TaxSplit {
            base: 8_474,
            cgst: 763,
            sgst: 763,
            igst: 0,
        };
        assert_eq!(split(10_000, 1_800, Supply::WithinState), within);
        let between = TaxSplit {
            base: 8_475,
            igst: 1_525,
            ..TaxSplit::default()
        };
        assert_eq!(split(10_000, 1_800, Supply::BetweenStates), between);
        let untaxed = TaxSplit {
            base: 10_000,
            ..TaxSplit::default()
        };
        assert_eq!(split(10_000, 0, Supply::WithinState), untaxed);
    }

    /// Whether a tax is what the rate says, to half a paisa, of so many parts of it.
    fn is_nearest(tax: u64, charged: u64, rate: u32, parts: u64) -> bool {
        let whole = parts * (10_000 + u64::from(rate));
        (tax * whole).abs_diff(charged * u64::from(rate)) * 2 <= whole
    }

    proptest! {
        #[test]
        fn parts_add_up_and_halves_are_equal(charged in 100_u64..=1_000_000, rate in 0..=MAX_RATE) {
            let within = split(charged, rate, Supply::WithinState);
            prop_assert_eq!(within.base + within.cgst + within.sgst, charged);
            prop_assert_eq!((within.cgst, within.igst), (within.sgst, 0));
            prop_assert!(is_nearest(within.cgst, charged, rate, 2));
            let between = split(charged, rate, Supply::BetweenStates);
            prop_assert_eq!(between.base + between.igst, charged);
            prop_assert_eq!((between.cgst, between.sgst), (0, 0));
            prop_assert!(is_nearest(between.igst, charged, rate, 1));
        }
    }

    /// Every price that there is, at the rates that there are.
    #[test]
    fn no_price_is_printed_a_paisa_off() {
        for rate in [500, 1_200, 1_800, 2_800, 4_000] {
            for charged in 100..=1_000_000 {
                let parts = split(charged, rate, Supply::WithinState);
                assert_eq!(parts.base + parts.cgst + parts.sgst, charged);
            }
        }
    }
}
