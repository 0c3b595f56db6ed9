//! What people type to sign in: texts that are not printed by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! typed {
    ($(#[$doc:meta])* $name:ident, $schema:meta) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), $schema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

typed! {
    /// An e-mail address as it was typed. Which texts are one is the server's to judge; of what it refuses it says why, in `detail`.
    EmailText,
    schema(value_type = String, min_length = 3, max_length = 254)
}
typed! {
    /// The eight digits of a code, as they were typed: spaces and hyphens between them and the digits of other scripts are understood.
    CodeText,
    schema(value_type = String, min_length = 8, max_length = 64)
}

/// Digits of a code.
const CODE_DIGITS: usize = 8;
/// Bytes of an address of e-mail at most (RFC 5321, erratum 1690).
const MAX_EMAIL: usize = 254;

impl EmailText {
    /// Whether it could be an address. What cannot be one needs no request; the server knows more (RFC 5321, section 4.1.2).
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let text = self.0.trim();
        let is_whole = text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        let is_plain = !text.contains(|letter: char| letter.is_control() || letter == ' ');
        is_whole && is_plain && text.len() <= MAX_EMAIL
    }
}

impl CodeText {
    /// Whether it could be a code: whatever stands between the digits, there are eight of them.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.0.trim().chars().count() >= CODE_DIGITS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", EmailText("a@b.test".to_owned())), "EmailText(redacted)");
        assert_eq!(format!("{:?}", CodeText("12345678".to_owned())), "CodeText(redacted)");
    }

    #[test]
    fn what_cannot_be_one_is_told_without_asking() {
        let long = format!("{}@example.org", "a".repeat(MAX_EMAIL));
        for (text, may_be) in [
            (" ada+x@example.org ", true),
            ("\"a@b\"@example.org", true),
            ("ada@bücher.example", true),
            ("", false),
            ("ada", false),
            ("@example.org", false),
            ("ada@", false),
            ("a b@example.org", false),
            ("a\n@b.org", false),
            (long.as_str(), false),
        ] {
            assert_eq!(EmailText(text.to_owned()).is_possible(), may_be, "{text:?}");
        }
        for (text, may_be) in [
            ("1234 5678", true),
            ("١٢٣٤٥٦٧٨", true),
            ("123456", false),
            ("", false),
            ("   1234567   ", false),
        ] {
            assert_eq!(CodeText(text.to_owned()).is_possible(), may_be, "{text:?}");
        }
    }

    #[test]
    fn a_code_is_a_string() {
        assert_eq!(
            serde_json::from_str::<CodeText>(r#""00012345""#).ok(),
            Some(CodeText("00012345".to_owned()))
        );
        assert!(serde_json::from_str::<CodeText>("12345").is_err());
    }
}
