//! Links: what stands behind the `#`, and the keys that come out of it (format, section 7).

use alloc::string::String;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    derive::{Prk, expand, extract, hash_labelled},
    label,
    password::{Profile, stretch},
    secret::{LinkAuth, LinkSecret, PayloadKey},
};
use crate::{
    error::{Error, Result},
    random::make_random,
    text::{decode_base64url, encode_base64url},
};

const VERSION: u8 = 1;

/// What a link's fragment says besides its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkFlags(u8);

impl LinkFlags {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The payload opens with a password only.
    pub const PASSWORD: Self = Self(1);

    /// Whether a password must be asked for.
    pub const fn has_password(self) -> bool {
        self.0 & 1 == 1
    }

    /// The flag byte.
    pub const fn bits(self) -> u8 {
        self.0
    }
}

/// 16 random bytes from the system's generator: the seed of a link's id, or another name that must not be guessed.
///
/// # Errors
/// [`Error::Random`].
pub fn make_random_id() -> Result<[u8; 16]> {
    make_random()
}

/// A parsed fragment.
#[derive(Debug)]
pub struct Fragment {
    /// Whether there is a password.
    pub flags: LinkFlags,
    /// The secret.
    pub secret: LinkSecret,
}

impl Fragment {
    /// The 51 characters behind the `#` of the link `link_id`.
    pub fn encode(link_id: &[u8; 16], flags: LinkFlags, secret: &LinkSecret) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 38]);
        bytes[0] = VERSION;
        bytes[1] = flags.0;
        bytes[2..34].copy_from_slice(secret.bytes());
        let check = check(link_id, &bytes[..34]);
        bytes[34..].copy_from_slice(&check[..4]);
        Zeroizing::new(encode_base64url(&*bytes))
    }

    /// Reads the characters behind the `#`. A link that was cut off, or whose halves belong to different links, is
    /// found here, without asking anybody.
    ///
    /// # Errors
    /// [`Error::NewerVersion`] for an unknown version, [`Error::Text`] for anything else.
    pub fn parse(link_id: &[u8; 16], text: &str) -> Result<Self> {
        let bytes: Zeroizing<[u8; 38]> = Zeroizing::new(decode_base64url(text)?);
        if bytes[0] != VERSION {
            return Err(Error::NewerVersion);
        }
        let right = check(link_id, &bytes[..34])[..4].ct_eq(&bytes[34..]);
        if bytes[1] > 1 || !bool::from(right) {
            return Err(Error::Text);
        }
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(&bytes[2..34]);
        Ok(Self {
            flags: LinkFlags(bytes[1]),
            secret: LinkSecret::from_bytes(*secret),
        })
    }
}

fn check(link_id: &[u8; 16], front: &[u8]) -> [u8; 32] {
    hash_labelled(label::LINK_CHECK, &[link_id, front])
}

/// What comes out of a link.
#[derive(Debug)]
pub struct LinkKeys {
    /// Whether a password went in: part of the payload's context.
    pub flags: LinkFlags,
    /// Opens and seals the payload.
    pub payload_key: PayloadKey,
    /// Proves to the server that the whole link is known.
    pub auth: LinkAuth,
}

/// Derives a link's keys. `password` is NFKC UTF-8, 1 to 1024 bytes; `None` for a link without one.
///
/// With a password it runs Argon2id and **blocks for about 0.3 s** (0.4 s in WebAssembly, 64 MiB of memory): call it
/// in a worker or a blocking thread. Without one it takes microseconds.
///
/// # Errors
/// [`Error::PasswordLength`]; [`Error::Backend`] without memory.
pub fn derive_link_keys(link_id: &[u8; 16], secret: &LinkSecret, password: Option<&[u8]>) -> Result<LinkKeys> {
    let Some(password) = password else {
        return Ok(derive_link_keys_without_password(link_id, secret));
    };
    let stretched = stretch_link_password(link_id, secret, password)?;
    Ok(expand_link_keys(link_id, secret, LinkFlags::PASSWORD, &*stretched))
}

/// Derives the keys of a link that has no password. Apart from [`derive_link_keys`], so that a page that needs no Argon2id does not
/// load it.
#[must_use]
pub fn derive_link_keys_without_password(link_id: &[u8; 16], secret: &LinkSecret) -> LinkKeys {
    expand_link_keys(link_id, secret, LinkFlags::NONE, &[])
}

fn expand_link_keys(link_id: &[u8; 16], secret: &LinkSecret, flags: LinkFlags, stretched: &[u8]) -> LinkKeys {
    let mut salt = [0; 18];
    salt[..16].copy_from_slice(link_id);
    salt[16] = VERSION;
    salt[17] = flags.0;
    let prk: Prk = extract(&salt, &[secret.bytes(), stretched]);
    LinkKeys {
        flags,
        payload_key: PayloadKey::from_bytes(*expand(&prk, label::LINK_PAYLOAD, &[])),
        auth: LinkAuth::from_bytes(*expand(&prk, label::LINK_AUTH, &[])),
    }
}

fn stretch_link_password(link_id: &[u8; 16], secret: &LinkSecret, password: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let salt = expand(&extract(link_id, &[secret.bytes()]), label::LINK_PW_SALT, &[]);
    stretch(password, &salt, Profile::Standard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_belongs_to_its_link() -> Result<()> {
        let (id, secret) = (make_random_id()?, LinkSecret::make()?);
        let text = Fragment::encode(&id, LinkFlags::PASSWORD, &secret);
        assert_eq!(text.len(), 51);
        let parsed = Fragment::parse(&id, &text)?;
        assert!(parsed.flags.has_password());
        assert_eq!(parsed.secret.bytes(), secret.bytes());
        assert_eq!(Fragment::parse(&[0; 16], &text).map(|_| ()), Err(Error::Text));
        assert_eq!(Fragment::parse(&id, &text[..50]).map(|_| ()), Err(Error::Text));
        Ok(())
    }

    #[test]
    fn an_empty_password_is_none_at_all() -> Result<()> {
        let secret = LinkSecret::make()?;
        assert_eq!(
            derive_link_keys(&[0; 16], &secret, Some(b"")).map(|_| ()),
            Err(Error::PasswordLength)
        );
        Ok(())
    }
}
