//! Signatures: HMAC-SHA256 in hexadecimal digits, over bytes as they came.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Whether `signature` is that of `message`. Takes the same time whatever the signature is, if it has the length of one.
pub(super) fn is_signature(secret: &[u8], message: &[u8], signature: &str) -> bool {
    let Some(signature) = from_hex(signature) else {
        return false;
    };
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return false;
    };
    mac.update(message);
    mac.verify_slice(&signature).is_ok()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// The secrets that webhooks are signed with: the present one, and while it is being replaced the one before, because deliveries that are
/// repeated keep the signature that they began with. `Debug` shows neither.
#[derive(Clone)]
pub struct WebhookSecrets {
    current: Zeroizing<String>,
    previous: Option<Zeroizing<String>>,
}

impl WebhookSecrets {
    /// Secrets as the operator typed them at Razorpay.
    ///
    /// # Errors
    /// When one is too short to keep anybody out, without repeating it.
    pub fn new(current: &str, previous: Option<&str>) -> Result<Self, &'static str> {
        if current.len() < MIN_SECRET || previous.is_some_and(|previous| previous.len() < MIN_SECRET) {
            return Err("a webhook secret has at least 16 characters");
        }
        Ok(Self {
            current: Zeroizing::new(current.to_owned()),
            previous: previous.map(|previous| Zeroizing::new(previous.to_owned())),
        })
    }

    /// Whether one of them signed these bytes, which must be the body exactly as it came.
    #[must_use]
    pub fn signed(&self, body: &[u8], signature: &str) -> bool {
        let by_current = is_signature(self.current.as_bytes(), body, signature);
        let by_previous = self
            .previous
            .as_ref()
            .is_some_and(|previous| is_signature(previous.as_bytes(), body, signature));
        by_current || by_previous
    }
}

/// Characters. Nobody may guess one by trying.
const MIN_SECRET: usize = 16;

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSecrets")
            .field("previous", &self.previous.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{WebhookSecrets, is_signature};

    /// RFC 4231, test case 2.
    const KNOWN: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const MESSAGE: &[u8] = b"what do ya want for nothing?";

    #[test]
    fn w01_a_known_signature_is_taken_and_no_other() {
        assert!(is_signature(b"Jefe", MESSAGE, KNOWN));
        assert!(is_signature(b"Jefe", MESSAGE, &KNOWN.to_uppercase()));
        assert!(!is_signature(b"jefe", MESSAGE, KNOWN));
        for wrong in [
            "",
            "5bdc",
            &KNOWN[1..],
            &format!("{KNOWN}0"),
            &KNOWN.replace('5', "é"),
            &KNOWN.replace('5', "+"),
        ] {
            assert!(!is_signature(b"Jefe", MESSAGE, wrong), "{wrong}");
        }
    }

    #[test]
    fn w14_two_secrets_are_good_while_one_replaces_the_other() {
        let both = WebhookSecrets::new("a-new-secret-of-ours", Some("the-secret-before-it")).expect("secrets");
        let sign = |secret: &str| {
            use hmac::{Hmac, KeyInit as _, Mac as _};
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
            mac.update(MESSAGE);
            mac.finalize()
                .into_bytes()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        assert!(both.signed(MESSAGE, &sign("a-new-secret-of-ours")));
        assert!(both.signed(MESSAGE, &sign("the-secret-before-it")));
        assert!(!both.signed(MESSAGE, &sign("some-other-secret-xx")));
        let one = WebhookSecrets::new("a-new-secret-of-ours", None).expect("secrets");
        assert!(!one.signed(MESSAGE, &sign("the-secret-before-it")));
        assert!(!format!("{both:?}").contains("secret-"), "{both:?}");
        assert!(WebhookSecrets::new("too-short", None).is_err());
        assert!(WebhookSecrets::new("a-new-secret-of-ours", Some("")).is_err());
    }

    proptest! {
        #[test]
        fn w01_one_changed_byte_is_noticed(place in 0..MESSAGE.len(), change in 1..=255_u8) {
            let mut message = MESSAGE.to_vec();
            message[place] ^= change;
            prop_assert!(!is_signature(b"Jefe", &message, KNOWN));
        }
    }
}
