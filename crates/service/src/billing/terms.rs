//! What is sold, as it was when it was ordered: it stays as it was sold, whatever becomes of the plan.

use std::collections::BTreeMap;

use crate::{auth::sql::Row, error::InternalError, store::count32};

/// A plan's price and what it allows. Lengths in sealed bytes, durations in seconds, the price in the smallest unit of the currency;
/// nothing is what the settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) plan: String,
    pub(crate) price: i64,
    pub(crate) currency: String,
    pub(crate) months: u32,
    pub(crate) storage_bytes: i64,
    pub(crate) max_link_bytes: Option<i64>,
    pub(crate) max_expires_in: Option<i64>,
    pub(crate) max_downloads: Option<i64>,
}

/// Their columns in `plans` and, but for the name, in `orders`.
pub(crate) const COLUMNS: &str =
    "price, currency, period_months, storage_bytes, max_link_bytes, max_expires_in, max_downloads";

/// The same of an order `o`, beside tables that have columns of the same names.
pub(crate) const COLUMNS_OF_ORDER: &str =
    "o.price, o.currency, o.period_months, o.storage_bytes, o.max_link_bytes, o.max_expires_in, o.max_downloads";

impl Terms {
    /// From a row with those columns.
    pub(crate) fn read(plan: String, row: &Row) -> Result<Self, InternalError> {
        Ok(Self {
            plan,
            price: row.get("price")?,
            currency: row.get("currency")?,
            months: count32(row.get("period_months")?),
            storage_bytes: row.get("storage_bytes")?,
            max_link_bytes: row.get("max_link_bytes")?,
            max_expires_in: row.get("max_expires_in")?,
            max_downloads: row.get("max_downloads")?,
        })
    }

    /// What the provider keeps with a link, so that a payment says what it was for even where the order is lost.
    pub(crate) fn notes(&self, user: &str) -> BTreeMap<String, String> {
        let limit = |limit: Option<i64>| limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        let allows = format!(
            "{} {} {} {}",
            self.storage_bytes,
            limit(self.max_link_bytes),
            limit(self.max_expires_in),
            limit(self.max_downloads)
        );
        BTreeMap::from([
            ("user".to_owned(), user.to_owned()),
            ("plan".to_owned(), self.plan.clone()),
            ("months".to_owned(), self.months.to_string()),
            ("allows".to_owned(), allows),
        ])
    }

    /// Reads what [`Terms::notes`] wrote: the terms, and the user's id as it stood there. The price is what the link asks for.
    pub(crate) fn from_notes(notes: &BTreeMap<String, String>, price: i64, currency: &str) -> Option<(Self, String)> {
        let mut allows = notes.get("allows")?.split(' ');
        let mut limit = || match allows.next()? {
            "-" => Some(None),
            number => number.parse().ok().filter(|number| *number > 0).map(Some),
        };
        let months = notes.get("months")?.parse().ok()?;
        let terms = Self {
            plan: notes.get("plan")?.clone(),
            price,
            currency: currency.to_owned(),
            months,
            storage_bytes: limit()??,
            max_link_bytes: limit()?,
            max_expires_in: limit()?,
            max_downloads: limit()?,
        };
        let is_sane = price > 0 && (1..=36).contains(&months);
        is_sane.then(|| Some((terms, notes.get("user")?.clone()))).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_says_what_it_was_for() {
        let terms = Terms {
            plan: "plus".to_owned(),
            price: 49_900,
            currency: "INR".to_owned(),
            months: 12,
            storage_bytes: 100,
            max_link_bytes: Some(50),
            max_expires_in: None,
            max_downloads: Some(3),
        };
        let mut notes = terms.notes("00ff");
        assert!(notes.values().all(|note| note.len() <= 256) && notes.len() <= 15);
        let read = Terms::from_notes(&notes, 49_900, "INR");
        assert_eq!(read, Some((terms, "00ff".to_owned())));
        notes.insert("allows".to_owned(), "100 50".to_owned());
        assert_eq!(Terms::from_notes(&notes, 49_900, "INR"), None);
        assert_eq!(Terms::from_notes(&BTreeMap::new(), 49_900, "INR"), None);
    }
}
