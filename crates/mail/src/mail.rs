//! One mail: to whom, what, and the id that makes its copies one mail.

use std::{fmt, fmt::Write as _};

use time::OffsetDateTime;

use crate::{address::EmailAddress, letter::Letter};

/// The id of a mail: 128 random bits. Every copy of it has the same `Message-ID` and the same key of idempotency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MailId(pub [u8; 16]);

impl fmt::Display for MailId {
    /// Hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl MailId {
    /// Reads what `Display` writes.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut id = [0; 16];
        if text.len() != 2 * id.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, digits) in id.iter_mut().zip(0..) {
            *byte = u8::from_str_radix(text.get(2 * digits..2 * digits + 2)?, 16).ok()?;
        }
        Some(Self(id))
    }

    /// The same as a UUID is written (RFC 9562, version 4), where a provider wants one.
    #[must_use]
    pub fn as_uuid(&self) -> String {
        let mut id = self.0;
        id[6] = (id[6] & 0x0f) | 0x40;
        id[8] = (id[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (place, byte) in id.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            // A string takes everything.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// A mail, ready to be sent.
#[derive(Clone)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// Who gets it.
    pub to: EmailAddress,
    /// What it says.
    pub letter: Letter,
    /// When it was caused: its `Date`, the same in every copy.
    pub made_at: OffsetDateTime,
    /// Where a mail program posts to when its user wants no more of these (RFC 8058); nothing for what cannot be turned off.
    pub unsubscribe_url: Option<String>,
}

/// The header that says where to post to.
pub(crate) const LIST_UNSUBSCRIBE: &str = "List-Unsubscribe";
/// The header that says that one POST with this body is enough.
pub(crate) const LIST_UNSUBSCRIBE_POST: &str = "List-Unsubscribe-Post";

impl Mail {
    /// Headers that let a mail program turn such mails off with one POST (RFC 8058, section 3.1): both of them or none.
    pub(crate) fn unsubscribe_headers(&self) -> Option<[(&'static str, String); 2]> {
        let url = self.unsubscribe_url.as_ref()?;
        Some([
            (LIST_UNSUBSCRIBE, format!("<{url}>")),
            (LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned()),
        ])
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::MailId;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = MailId(std::array::from_fn(|place| u8::try_from(place * 17).unwrap_or(0)));
        assert_eq!(id.to_string(), "00112233445566778899aabbccddeeff");
        assert_eq!(MailId::from_hex(&id.to_string()), Some(id));
        assert_eq!(id.as_uuid(), "00112233-4455-4677-8899-aabbccddeeff");
        for wrong in [
            "",
            "00",
            "0011223344556677889 aabbccddeeff",
            "+0112233445566778899aabbccddeeff",
            "ä0112233445566778899aabbccddeef",
        ] {
            assert_eq!(MailId::from_hex(wrong), None, "{wrong}");
        }
    }
}
