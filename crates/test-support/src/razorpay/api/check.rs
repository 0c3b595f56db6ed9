//! What bodies must look like.

use serde_json::{Map, Value};

use super::reply::Refused;

/// An object with no other keys than these.
pub(super) fn object<'a>(body: &'a Value, known: &[&str]) -> Result<&'a Map<String, Value>, Refused> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    let object = match body {
        Value::Object(object) => object,
        Value::Null => &NONE,
        _ => return Err(Refused::new("The request body is not an object.")),
    };
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(object),
        Some(extra) => Err(Refused::new(format!(
            "{extra} is/are not required and should not be sent"
        ))),
    }
}

/// Whole paise, at least 100 of them.
pub(super) fn amount(object: &Map<String, Value>) -> Result<i64, Refused> {
    let amount = object
        .get("amount")
        .ok_or_else(|| Refused::field("amount", "The amount field is required."))?;
    let amount = amount
        .as_i64()
        .ok_or_else(|| Refused::field("amount", "The amount must be an integer."))?;
    if amount < 100 {
        return Err(Refused::field("amount", "The amount must be at least INR 1.00"));
    }
    Ok(amount)
}

pub(super) fn currency(object: &Map<String, Value>) -> Result<String, Refused> {
    match object.get("currency").map(|currency| currency.as_str()) {
        None => Ok("INR".to_owned()),
        Some(Some("INR")) => Ok("INR".to_owned()),
        Some(_) => Err(Refused::field("currency", "Currency is not supported")),
    }
}

/// At most 15 pairs of at most 256 characters. An empty list is no pairs.
pub(super) fn notes(object: &Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let notes = match object.get("notes") {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Array(list)) if list.is_empty() => return Ok(Map::new()),
        Some(Value::Object(notes)) => notes,
        Some(_) => return Err(Refused::field("notes", "The notes must be an object.")),
    };
    let is_long = |value: &Value| value.as_str().is_some_and(|value| value.chars().count() > 256);
    if notes.len() > 15 || notes.values().any(is_long) {
        return Err(Refused::field(
            "notes",
            "Notes have at most 15 pairs of at most 256 characters.",
        ));
    }
    Ok(notes.clone())
}

/// A text of at most so many characters.
pub(super) fn text(object: &Map<String, Value>, name: &'static str, longest: usize) -> Result<Option<String>, Refused> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= longest => Ok(Some(text.clone())),
        Some(Value::String(_)) => Err(Refused::field(
            name,
            format!("The {name} may not be greater than {longest} characters."),
        )),
        Some(_) => Err(Refused::field(name, format!("The {name} must be a string."))),
    }
}
