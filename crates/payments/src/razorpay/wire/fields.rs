//! The fields of an object.

use serde_json::Value;
use time::OffsetDateTime;

use crate::entities::{Currency, Money, Notes};

/// Characters of a text, and pairs of notes, that are read.
const MAX_TEXT: usize = 2048;
const MAX_NOTES: usize = 15;

/// Reads an object, or something in its place.
#[derive(Clone, Copy)]
pub(in crate::razorpay) struct Fields<'a>(pub(in crate::razorpay) &'a Value);

impl<'a> Fields<'a> {
    /// A text that says something.
    pub(in crate::razorpay) fn text(self, name: &str) -> Option<&'a str> {
        let text = self.0.get(name)?.as_str()?;
        (!matches!(text, "" | "NA") && text.len() <= MAX_TEXT).then_some(text)
    }

    /// A number, or the same as a text.
    pub(in crate::razorpay) fn number(self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Seconds since 1970; 0 is no time.
    pub(super) fn time(self, name: &str) -> Option<OffsetDateTime> {
        let seconds = self.number(name).filter(|seconds| *seconds > 0)?;
        OffsetDateTime::from_unix_timestamp(seconds).ok()
    }

    /// `true`, 1, and either as a text.
    pub(super) fn switch(self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Bool(switch) => Some(*switch),
            Value::Number(number) => Some(number.as_i64() == Some(1)),
            Value::String(text) => Some(matches!(text.as_str(), "1" | "true")),
            _ => None,
        }
    }

    /// An amount in the currency of the same object.
    pub(super) fn money(self, name: &str) -> Option<Money> {
        let currency = Currency::parse(self.text("currency")?)?;
        Money::new(self.number(name)?, currency)
    }

    /// An amount that is nothing where it is not said.
    pub(super) fn money_or_zero(self, name: &str) -> Option<Money> {
        let currency = Currency::parse(self.text("currency")?)?;
        Money::new(self.number(name).unwrap_or(0), currency)
    }

    /// Names and values. `[]`, `null` and nothing are none.
    pub(super) fn notes(self) -> Notes {
        let pairs = self.0.get("notes").and_then(Value::as_object);
        let pairs = pairs.into_iter().flatten().take(MAX_NOTES);
        pairs
            .filter_map(|(name, value)| {
                let value = match value {
                    Value::String(text) if text.len() <= MAX_TEXT => text.clone(),
                    Value::Number(number) => number.to_string(),
                    Value::Bool(switch) => switch.to_string(),
                    _ => return None,
                };
                Some((name.clone(), value))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Fields;

    #[test]
    fn what_is_absent_is_said_in_many_ways() {
        for absent in [
            json!({}),
            json!({"a": null}),
            json!({"a": ""}),
            json!({"a": "NA"}),
            json!([]),
            json!(null),
        ] {
            let fields = Fields(&absent);
            assert_eq!(
                (fields.text("a"), fields.number("a"), fields.time("a")),
                (None, None, None),
                "{absent}"
            );
        }
        assert_eq!(Fields(&json!({"a": 0})).time("a"), None);
        assert_eq!(Fields(&json!({"a": -5})).time("a"), None);
        assert_eq!(Fields(&json!({"a": i64::MAX})).time("a"), None);
        assert_eq!(Fields(&json!({"a": "17"})).number("a"), Some(17));
        assert_eq!(Fields(&json!({"a": 1.5})).number("a"), None);
    }

    #[test]
    fn w15_switches_are_switches_or_texts() {
        for on in [
            json!({"a": true}),
            json!({"a": "1"}),
            json!({"a": 1}),
            json!({"a": "true"}),
        ] {
            assert_eq!(Fields(&on).switch("a"), Some(true), "{on}");
        }
        for off in [
            json!({"a": false}),
            json!({"a": "0"}),
            json!({"a": 0}),
            json!({"a": "false"}),
        ] {
            assert_eq!(Fields(&off).switch("a"), Some(false), "{off}");
        }
        assert_eq!(Fields(&json!({"a": []})).switch("a"), None);
    }

    #[test]
    fn notes_may_be_a_list_that_is_empty() {
        for none in [
            json!({}),
            json!({"notes": []}),
            json!({"notes": null}),
            json!({"notes": {}}),
        ] {
            assert!(Fields(&none).notes().is_empty(), "{none}");
        }
        let notes = json!({"notes": {"a": "b", "n": 3, "odd": []}});
        let notes = Fields(&notes).notes();
        assert_eq!(notes.get("a").map(String::as_str), Some("b"));
        assert_eq!((notes.get("n").map(String::as_str), notes.len()), (Some("3"), 2));
    }

    #[test]
    fn amounts_are_whole_and_have_a_currency() {
        let money = |value: serde_json::Value| Fields(&value).money("amount").map(|money| money.paise());
        assert_eq!(money(json!({"amount": 100, "currency": "INR"})), Some(100));
        assert_eq!(money(json!({"amount": "100", "currency": "INR"})), Some(100));
        for wrong in [
            json!({"amount": 100}),
            json!({"amount": -1, "currency": "INR"}),
            json!({"amount": 1.5, "currency": "INR"}),
        ] {
            assert_eq!(money(wrong.clone()), None, "{wrong}");
        }
    }
}
