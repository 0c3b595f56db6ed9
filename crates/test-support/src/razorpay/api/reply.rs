//! Answers, and the envelope of errors.

use serde_json::{Value, json};

use super::super::{
    render::{empty, set_absent},
    settings::Settings,
};

/// A status and a body.
pub(in crate::razorpay) type Reply = (u16, Value);

/// What a request says no to.
pub(super) struct Refused {
    description: String,
    field: Option<&'static str>,
}

impl Refused {
    pub(super) fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            field: None,
        }
    }

    pub(super) fn field(field: &'static str, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            field: Some(field),
        }
    }

    pub(super) fn into_reply(self, settings: &Settings) -> Reply {
        error(settings, 400, "BAD_REQUEST_ERROR", &self.description, self.field)
    }
}

pub(in crate::razorpay) fn error(
    settings: &Settings,
    status: u16,
    code: &str,
    description: &str,
    field: Option<&str>,
) -> Reply {
    let mut error = json!({"code": code, "description": description, "metadata": empty(settings)});
    for name in ["source", "step", "reason"] {
        set_absent(settings, &mut error, name);
    }
    if let Some(field) = field {
        error["field"] = json!(field);
        error["reason"] = json!("input_validation_failed");
    }
    (status, json!({"error": error}))
}

/// Part of a list, newest first.
pub(super) fn page(name: &str, mut items: Vec<Value>, query: &Query<'_>) -> Result<Value, Refused> {
    items.reverse();
    let count = query.number("count")?.unwrap_or(10);
    if !(1..=100).contains(&count) {
        return Err(Refused::field("count", "The count must be between 1 and 100."));
    }
    let skip = usize::try_from(query.number("skip")?.unwrap_or(0)).unwrap_or(0);
    let items: Vec<Value> = items
        .into_iter()
        .skip(skip)
        .take(usize::try_from(count).unwrap_or(0))
        .collect();
    Ok(json!({"entity": "collection", "count": items.len(), name: items}))
}

/// The parameters of an address.
pub(super) struct Query<'a>(pub(super) &'a str);

impl Query<'_> {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.0.as_bytes());
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refused> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text
            .parse()
            .map_err(|_| Refused::new(format!("The {name} must be an integer.")))?;
        Ok(Some(number))
    }
}
