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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", EmailText("a@b.test".to_owned())), "EmailText(redacted)");
        assert_eq!(format!("{:?}", CodeText("12345678".to_owned())), "CodeText(redacted)");
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
