//! The bearer secrets that reach the server, and what it keeps of them. All are redacted in `Debug`.

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

bearer! {
    /// What a code is asked with and answered with: the server keeps its SHA-256. Browsers have it as a cookie.
    Challenge
}
bearer! {
    /// The value of a session's cookie; the server keeps its SHA-256.
    SessionToken
}
bearer! {
    /// The mark of a browser that signed in, as a cookie; the server keeps its SHA-256. It opens nothing.
    DeviceMark
}

/// How every access token begins: who finds one in a file knows what it is.
const ACCESS_TOKEN_PREFIX: &str = "sd_";

/// An access token: `sd_` and 43 base64url characters. It is its user, as far as its scopes go; the server keeps the SHA-256 of
/// its 32 bytes.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, min_length = 46, max_length = 46, pattern = "^sd_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")
)]
pub struct AccessToken([u8; 32]);

impl AccessToken {
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

    /// The 46 characters that travel. Named so that a reader sees the secret leave.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{ACCESS_TOKEN_PREFIX}{}", base64url::encode(&self.0))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(redacted)")
    }
}

impl FromStr for AccessToken {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let bytes = text.strip_prefix(ACCESS_TOKEN_PREFIX).and_then(base64url::decode);
        bytes.map(Self).ok_or(InvalidId)
    }
}

impl Serialize for AccessToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.expose())
    }
}

impl<'de> Deserialize<'de> for AccessToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|_| D::Error::custom("expected sd_ and exactly 43 base64url characters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", OwnerToken::new([1; 32])), "OwnerToken(redacted)");
        assert_eq!(format!("{:?}", LinkAuth::new([1; 32])), "LinkAuth(redacted)");
        assert_eq!(format!("{:?}", AccessToken::new([1; 32])), "AccessToken(redacted)");
    }

    #[test]
    fn text_is_43_characters() {
        let token = OwnerToken::new([0xAB; 32]);
        assert_eq!(token.expose().len(), 43);
        assert_eq!(token.expose().parse::<OwnerToken>(), Ok(token));
        let token = AccessToken::new([0xAB; 32]);
        assert_eq!(token.expose().len(), 46);
        assert_eq!(token.expose().parse::<AccessToken>(), Ok(token.clone()));
        assert!(token.expose()[3..].parse::<AccessToken>().is_err());
    }
}
