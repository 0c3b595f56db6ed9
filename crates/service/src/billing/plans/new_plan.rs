//! What an operator says of a plan, checked before it is kept.

/// Characters of a name.
const MAX_NAME: usize = 32;
/// The least that a provider takes, and the most that is taken for meant, in the smallest unit of the currency.
const PRICES: std::ops::RangeInclusive<u64> = 100..=100_000_000;
/// Calendar months of one payment.
const MONTHS: std::ops::RangeInclusive<u32> = 1..=36;
/// Currencies with a hundredth as their smallest unit (ISO 4217).
const CURRENCIES: [&str; 8] = ["AED", "AUD", "CAD", "EUR", "GBP", "INR", "SGD", "USD"];
/// Seconds that a link may live.
const EXPIRY: std::ops::RangeInclusive<u64> = 60..=366 * 24 * 3600;
/// Nobody buys these: the settings say what they allow.
const BUILT_IN: [&str; 2] = ["guest", "free"];

/// A plan that is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlan {
    /// Lower-case letters, digits and hyphens.
    pub name: String,
    /// In the smallest unit of the currency.
    pub price: u64,
    /// ISO 4217.
    pub currency: String,
    /// Calendar months that one payment is for.
    pub months: u32,
    /// Sealed bytes that a user may hold.
    pub storage_bytes: u64,
    /// Sealed bytes of one link; nothing is what the settings say.
    pub max_link_bytes: Option<u64>,
    /// Seconds that a link may live; nothing is what the settings say.
    pub max_expires_in: Option<u64>,
    /// Downloads of a link; nothing is what the settings say.
    pub max_downloads: Option<u32>,
}

/// Why something cannot be a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewPlanError {
    /// Of the name.
    #[error("a plan's name is 1 to 32 lower-case letters, digits and hyphens")]
    Name,
    /// Of a plan that is not sold.
    #[error("`guest` and `free` are not sold: the settings say what they allow")]
    BuiltIn,
    /// Of the price.
    #[error("a price is 1.00 to 1000000.00")]
    Price,
    /// Of the currency.
    #[error("the currency is one of AED, AUD, CAD, EUR, GBP, INR, SGD and USD")]
    Currency,
    /// Of the period.
    #[error("a payment is for 1 to 36 months")]
    Months,
    /// Of what the plan allows.
    #[error("storage, the largest link and downloads are more than nothing, and a link lives for a minute to 366 days")]
    Terms,
}

impl NewPlan {
    pub(super) fn check(&self) -> Result<(), NewPlanError> {
        let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let has_terms = self.storage_bytes > 0
            && self.max_link_bytes != Some(0)
            && self.max_downloads != Some(0)
            && self.max_expires_in.is_none_or(|seconds| EXPIRY.contains(&seconds));
        if self.name.is_empty() || self.name.len() > MAX_NAME || !self.name.bytes().all(is_plain) {
            Err(NewPlanError::Name)
        } else if BUILT_IN.contains(&&*self.name) {
            Err(NewPlanError::BuiltIn)
        } else if !PRICES.contains(&self.price) {
            Err(NewPlanError::Price)
        } else if !CURRENCIES.contains(&&*self.currency) {
            Err(NewPlanError::Currency)
        } else if !MONTHS.contains(&self.months) {
            Err(NewPlanError::Months)
        } else if !has_terms {
            Err(NewPlanError::Terms)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
pub(super) fn plus() -> NewPlan {
    NewPlan {
        name: "plus".to_owned(),
        price: 49_900,
        currency: "INR".to_owned(),
        months: 1,
        storage_bytes: 100_000_000_000,
        max_link_bytes: Some(20_000_000_000),
        max_expires_in: None,
        max_downloads: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_sold_is_refused() {
        let with = |change: fn(&mut NewPlan)| {
            let mut plan = plus();
            change(&mut plan);
            plan.check()
        };
        assert_eq!(with(|_| ()), Ok(()));
        assert_eq!(with(|plan| plan.name = "Plus".to_owned()), Err(NewPlanError::Name));
        assert_eq!(with(|plan| plan.name.clear()), Err(NewPlanError::Name));
        assert_eq!(with(|plan| plan.name = "free".to_owned()), Err(NewPlanError::BuiltIn));
        assert_eq!(with(|plan| plan.price = 99), Err(NewPlanError::Price));
        assert_eq!(
            with(|plan| plan.currency = "JPY".to_owned()),
            Err(NewPlanError::Currency)
        );
        assert_eq!(with(|plan| plan.months = 0), Err(NewPlanError::Months));
        assert_eq!(with(|plan| plan.storage_bytes = 0), Err(NewPlanError::Terms));
        assert_eq!(with(|plan| plan.max_expires_in = Some(59)), Err(NewPlanError::Terms));
    }
}
