//! The two bearer secrets that reach the server, and what it keeps of them. Both are redacted in `Debug`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{base64url, ids::InvalidId};

macro_rules! bearer {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(value_type = String, min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")
        )]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps the 32 bytes.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// The 43 characters that travel. Named so that a reader sees the secret leave.
            #[must_use]
            pub fn expose(&self) -> String {
                base64url::encode(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                base64url::decode(text).map(Self).ok_or(InvalidId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.expose())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?
                    .parse()
                    .map_err(|_| D::Error::custom("expected exactly 43 base64url characters"))
            }
        }
    };
}

bearer! {
    /// The token of a transfer: 32 random bytes made by the sender's client. It reserves the uploads and owns the link made from
    /// them; the server keeps its SHA-256 only. Travels in the header [`crate::TOKEN_HEADER`].
    OwnerToken
}
bearer! {
    /// The bearer that opens a link, derived from its secret (and password). The server keeps its SHA-256, the [`Verifier`].
    LinkAuth
}
bearer! {
    /// SHA-256 of a [`LinkAuth`]: what the server stores and compares with. Not a secret that opens anything.
    Verifier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", OwnerToken::new([1; 32])), "OwnerToken(redacted)");
        assert_eq!(format!("{:?}", LinkAuth::new([1; 32])), "LinkAuth(redacted)");
    }

    #[test]
    fn text_is_43_characters() {
        let token = OwnerToken::new([0xAB; 32]);
        assert_eq!(token.expose().len(), 43);
        assert_eq!(token.expose().parse::<OwnerToken>(), Ok(token));
    }
}
