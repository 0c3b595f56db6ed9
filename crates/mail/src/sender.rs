//! Who mails come from.

use std::fmt;

use crate::address::{AddressError, EmailAddress};

/// Letters of the name: what Brevo takes.
const MAX_NAME: usize = 70;

/// A name and an address, as in `Sealdrop <no-reply@example.org>`.
#[derive(Clone)]
pub struct Sender {
    /// What mail programs show.
    pub name: Option<String>,
    /// Where answers and notes of failed delivery go.
    pub address: EmailAddress,
}

impl Sender {
    /// Reads an address, or a name and an address in angle brackets.
    ///
    /// # Errors
    /// When the address is none, or the name is too long or not one line of text.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
            None => ("", text),
        };
        if name.chars().count() > MAX_NAME
            || name
                .chars()
                .any(|letter| letter.is_control() || matches!(letter, '<' | '>' | '"'))
        {
            return Err(AddressError::LocalPart);
        }
        Ok(Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address: EmailAddress::parse(address)?,
        })
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("domain", &self.address.domain())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Sender;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for (text, name, address) in [
            ("mail@x.test", None, "mail@x.test"),
            ("<mail@x.test>", None, "mail@x.test"),
            ("Sealdrop <mail@x.test>", Some("Sealdrop"), "mail@x.test"),
            (
                "\"Files, of Müller\" <mail@müller.test>",
                Some("Files, of Müller"),
                "mail@xn--mller-kva.test",
            ),
        ] {
            let sender = Sender::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((sender.name.as_deref(), sender.address.deliverable()), (name, address));
        }
        for wrong in [
            "",
            "Sealdrop",
            "Sealdrop <mail>",
            "a\r\nBcc: b <mail@x.test>",
            "<a@x.test> <b@x.test>",
        ] {
            assert!(Sender::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Sender::parse(&format!("{} <mail@x.test>", "x".repeat(71))).is_err());
    }
}
