//! Secrets as types: wiped when dropped, never cloned, printed, compared or serialised.
//!
//! The few that must cross a boundary as text do so through `to_text` and `from_text`, so that a search for these
//! two names finds every place where a secret leaves its type.

use alloc::string::String;

use zeroize::Zeroizing;

use super::derive::hash;
use crate::{
    error::Result,
    random::make_random,
    text::{decode_base64url, encode_base64url},
};

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident[$len:literal]) => {
        $(#[$doc])*
        #[derive(zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
        pub struct $name([u8; $len]);

        impl $name {
            pub(crate) const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            pub(crate) const fn bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}
pub(crate) use secret;

macro_rules! crosses_as_text {
    ($name:ident) => {
        impl $name {
            /// The 43 base64url characters, for the sealed or local place that keeps this secret.
            pub fn to_text(&self) -> Zeroizing<String> {
                Zeroizing::new(encode_base64url(self.bytes()))
            }

            /// Reads what [`Self::to_text`] wrote.
            ///
            /// # Errors
            /// [`Error::Text`](crate::Error::Text) unless it is 43 canonical base64url characters.
            pub fn from_text(text: &str) -> Result<Self> {
                Ok(Self::from_bytes(decode_base64url(text)?))
            }
        }
    };
}

macro_rules! made_at_random {
    ($name:ident) => {
        impl $name {
            /// A new one from the system's generator.
            ///
            /// # Errors
            /// [`Error::Random`](crate::Error::Random).
            pub fn make() -> Result<Self> {
                Ok(Self::from_bytes(make_random()?))
            }
        }
    };
}

secret! {
    /// File encryption key of one object. Made by [`make_object`](crate::make_object), together with id and salt.
    Fek[32]
}
crosses_as_text!(Fek);

secret! {
    /// Account master key: what every slot wraps and every account key comes from (format, section 4).
    Amk[32]
}
made_at_random!(Amk);

secret! {
    /// Key that wraps the account master key in one slot.
    Kek[32]
}

secret! {
    /// What a passphrase proves to the server before it hands out the passphrase slot's blob.
    Gate[32]
}

secret! {
    /// The secret of a link, which travels in its fragment only (format, section 7).
    LinkSecret[32]
}
crosses_as_text!(LinkSecret);
made_at_random!(LinkSecret);

secret! {
    /// Key of a link's payload blob.
    PayloadKey[32]
}
crosses_as_text!(PayloadKey);

secret! {
    /// Bearer token of a link: a client that sends it may open the link. The server keeps only [`LinkAuth::verifier`].
    LinkAuth[32]
}

secret! {
    /// A device's own key for what never leaves it: upload sessions, "stay unlocked" (format, sections 2 and 3).
    DeviceKey[32]
}
crosses_as_text!(DeviceKey);
made_at_random!(DeviceKey);

macro_rules! proves_to_the_server {
    ($name:ident) => {
        impl $name {
            /// The 43 base64url characters for the body of the request, never for a log.
            pub fn to_base64url(&self) -> Zeroizing<String> {
                Zeroizing::new(encode_base64url(self.bytes()))
            }

            /// SHA-256 of the token: what the server stores and compares with.
            pub fn verifier(&self) -> [u8; 32] {
                hash(&[self.bytes()])
            }
        }
    };
}
proves_to_the_server!(LinkAuth);
proves_to_the_server!(Gate);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{
        account::{AnchorKey, ItemKey, OwnerLinkKey, PrefsKey},
        recovery::RecoverySecret,
        slot::PrfOutput,
    };
    use core::fmt;
    use std::format;

    #[test]
    fn debug_shows_no_secret() {
        let secrets: [&dyn fmt::Debug; 14] = [
            &Fek([7; 32]),
            &Amk([7; 32]),
            &Kek([7; 32]),
            &Gate([7; 32]),
            &LinkSecret([7; 32]),
            &PayloadKey([7; 32]),
            &LinkAuth([7; 32]),
            &DeviceKey([7; 32]),
            &RecoverySecret::from_bytes([7; 20]),
            &ItemKey::from_bytes([7; 32]),
            &OwnerLinkKey::from_bytes([7; 32]),
            &PrefsKey::from_bytes([7; 32]),
            &AnchorKey::from_bytes([7; 32]),
            &PrfOutput::new([7; 32]),
        ];
        insta::assert_snapshot!(secrets.map(|secret| format!("{secret:?} {secret:#?}")).join("\n"));
    }

    #[test]
    fn a_key_crosses_as_43_characters() -> Result<()> {
        let fek = Fek([7; 32]);
        let text = fek.to_text();
        assert_eq!(text.len(), 43);
        assert_eq!(Fek::from_text(&text)?.bytes(), fek.bytes());
        assert!(Fek::from_text(&text[..42]).is_err());
        Ok(())
    }
}
