//! Razorpay's JSON, read leniently: it sends `[]` for an empty object, `null`, `"NA"` or nothing for what is absent, 0 for no time, numbers
//! and switches as strings, and keys that nobody announced.

mod entities;
mod fields;

pub(super) use entities::{dispute, link, payment, refund};
pub(super) use fields::Fields;

use serde_json::Value;

/// The items of a list, under whichever of the names Razorpay uses.
pub(super) fn items(list: &Value) -> Option<&Vec<Value>> {
    ["payment_links", "items"]
        .iter()
        .find_map(|name| list.get(name)?.as_array())
}
