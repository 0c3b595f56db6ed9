//! Ids: 16 random bytes, most of them made by a client; 22 base64url characters on the wire and in paths.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

use crate::base64url;

/// A text that is no id: not exactly 22 canonical base64url characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is exactly 22 base64url characters")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(value_type = String, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{21}[AQgw]$")
        )]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// The 16 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&base64url::encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
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
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

id! {
    /// Names an object in the bucket; bound into its record key. Never used twice, also not after a deletion.
    ObjectId
}
id! {
    /// Names a link; the last part of its path, `/d/{link_id}`.
    LinkId
}
id! {
    /// The seed from which a link's id is derived. Only the client that makes a link has it, so a stranger who knows the path of
    /// a link cannot ask for the same id and does not learn that the link exists (format, section 6).
    LinkSeed
}

impl LinkSeed {
    /// The id: the first 16 bytes of SHA-256("sealdrop/1/link/id" ‖ 00 ‖ seed).
    #[must_use]
    pub fn link_id(&self) -> LinkId {
        let sum = Sha256::new()
            .chain_update(b"sealdrop/1/link/id\0")
            .chain_update(self.0)
            .finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&sum[..16]);
        LinkId(id)
    }
}

id! {
    /// Names a claim; made by the recipient's click.
    ClaimId
}

id! {
    /// Names a session of a user. Made by the server; no secret.
    SessionId
}
id! {
    /// Names an access token of a user. Made by the server; no secret.
    TokenId
}
id! {
    /// Names an order of a user. Made by the server; no secret.
    OrderId
}
id! {
    /// Names an invoice of a user. Made by the server; no secret.
    InvoiceId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_and_bytes_go_both_ways(bytes: [u8; 16]) {
            let id = ObjectId(bytes);
            prop_assert_eq!(id.to_string().len(), 22);
            prop_assert_eq!(id.to_string().parse::<ObjectId>(), Ok(id));
        }
    }

    #[test]
    fn n16_a_link_id_comes_from_its_seed() {
        // Python: hashlib.sha256(b"sealdrop/1/link/id\0" + bytes(range(16))).digest()[:16].hex()
        let id = LinkSeed(core::array::from_fn(|at| u8::try_from(at).unwrap_or_default())).link_id();
        let hex: String = id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "80658ecfc04c63003191999a0202cc11");
    }

    #[test]
    fn other_texts_are_refused() {
        let text = ObjectId([7; 16]).to_string();
        for wrong in [
            &text[..21],
            &format!("{text}A"),
            &format!("{}B", &text[..21]),
            "",
            "../../etc/passwd_______",
        ] {
            assert_eq!(wrong.parse::<ObjectId>(), Err(InvalidId), "{wrong}");
        }
    }
}
