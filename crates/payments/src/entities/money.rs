//! Amounts, in whole paise.

use std::fmt;

/// A currency by its three letters (ISO 4217).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Indian rupees.
    pub const INR: Self = Self(*b"INR");

    /// Reads three letters; small ones are taken for capitals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// Three capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Letters are all that it is made of.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount, never negative, in the smallest unit of its currency: paise for INR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    paise: i64,
    currency: Currency,
}

impl Money {
    /// Nothing if the amount is negative.
    #[must_use]
    pub fn new(paise: i64, currency: Currency) -> Option<Self> {
        (paise >= 0).then_some(Self { paise, currency })
    }

    /// The smallest unit of the currency.
    #[must_use]
    pub fn paise(&self) -> i64 {
        self.paise
    }

    /// What it is counted in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Nothing if the currencies differ or the sum is too large.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = self.paise.checked_add(other.paise)?;
        (self.currency == other.currency).then_some(Self { paise: sum, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, Money};

    #[test]
    fn currencies_are_three_letters() {
        assert_eq!(Currency::parse("inr"), Some(Currency::INR));
        assert_eq!(Currency::INR.to_string(), "INR");
        for wrong in ["", "IN", "INRR", "IN1", "₹"] {
            assert_eq!(Currency::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn amounts_are_never_negative_and_add_up_in_one_currency() {
        let rupee = Money::new(100, Currency::INR).expect("positive");
        assert_eq!(Money::new(-1, Currency::INR), None);
        assert_eq!(rupee.checked_add(rupee).map(|sum| sum.paise()), Some(200));
        let dollar = Money::new(100, Currency::parse("USD").expect("letters")).expect("positive");
        assert_eq!(rupee.checked_add(dollar), None);
        let most = Money::new(i64::MAX, Currency::INR).expect("positive");
        assert_eq!(most.checked_add(rupee), None);
    }
}
