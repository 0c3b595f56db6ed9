//! Which database.

use std::{fmt::Write as _, path::Path};

use crate::config::{reader::Reader, secret::SecretText, variable::Variable};

/// Section of the database.
#[derive(Debug)]
pub struct Database {
    /// Its address, password included.
    pub url: SecretText,
    /// Whether it is a file in the data folder, made when absent.
    pub is_embedded: bool,
}

pub(in crate::config) static URL: Variable = Variable {
    name: "DATABASE_URL",
    default: "",
    secret: true,
    about: "`postgres://user:password@host/name`, or `sqlite://path`. Unset: `sealdrop.db` in the data folder.",
};

impl Database {
    pub(in crate::config) fn read(reader: &mut Reader, data: &Path) -> Self {
        let Some(url) = reader.secret(&URL) else {
            let url = format!("sqlite://{}", as_in_a_url(&data.join("sealdrop.db").to_string_lossy()));
            return Self {
                url: SecretText::new(url),
                is_embedded: true,
            };
        };
        if !["postgres://", "postgresql://", "sqlite:"]
            .iter()
            .any(|scheme| url.expose().starts_with(scheme))
        {
            reader.problem(&URL, "expected postgres://… or sqlite://…");
        }
        Self {
            url,
            is_embedded: false,
        }
    }
}

/// A path as it stands in an address: there, `?` and `#` end it and `%` begins a byte.
fn as_in_a_url(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}
