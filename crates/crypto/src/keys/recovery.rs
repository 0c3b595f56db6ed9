//! The recovery code: 160 random bits that a person prints, keeps and one day types in (format, section 4).

use alloc::string::String;

use zeroize::Zeroizing;

use super::{derive::hash_labelled, label, secret::secret};
use crate::{
    crockford,
    error::{Error, Result},
    random::make_random,
};

const CHARACTERS: usize = 36;
const SECRET_CHARACTERS: usize = 32;

secret! {
    /// Secret of a recovery slot.
    RecoverySecret[20]
}

impl RecoverySecret {
    /// A new one from the system's generator.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn make() -> Result<Self> {
        Ok(Self::from_bytes(make_random()?))
    }

    /// The printed form: 9 groups of 4 characters, the last one a check.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut characters = Zeroizing::new(crockford::encode(self.bytes()));
        characters.push_str(&self.check());
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + 8));
        for (i, character) in characters.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text
    }

    /// Reads a typed code: without regard to case, `-` and spaces; `I` and `L` are `1`, `O` is `0`.
    ///
    /// # Errors
    /// [`Error::Text`] unless 36 characters are left and the check is right.
    pub fn from_text(text: &str) -> Result<Self> {
        let mut values = Zeroizing::new([0_u8; CHARACTERS]);
        let mut count = 0;
        for character in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            *values.get_mut(count).ok_or(Error::Text)? = crockford::value(character).ok_or(Error::Text)?;
            count += 1;
        }
        if count != CHARACTERS {
            return Err(Error::Text);
        }
        let mut bytes = Zeroizing::new([0_u8; 20]);
        for (group, out) in values[..SECRET_CHARACTERS].chunks(8).zip(bytes.chunks_mut(5)) {
            let bits = group.iter().fold(0_u64, |bits, value| bits << 5 | u64::from(*value));
            out.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        let secret = Self::from_bytes(*bytes);
        let check = secret.check();
        let right = check
            .chars()
            .map(crockford::value)
            .eq(values[SECRET_CHARACTERS..].iter().copied().map(Some));
        if right { Ok(secret) } else { Err(Error::Text) }
    }

    /// 4 characters against mistyping: the top 20 bits of a hash.
    fn check(&self) -> String {
        let digest = hash_labelled(label::RECOVERY_CHECK, &[self.bytes()]);
        let mut check = crockford::encode(&digest[..3]);
        check.truncate(4);
        check
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_reads_back_and_one_wrong_character_does_not(bytes: [u8; 20], at in 0_usize..44, by in 1_u8..32) {
            let text = RecoverySecret::from_bytes(bytes).to_text();
            prop_assert_eq!(text.len(), 44);
            let read = RecoverySecret::from_text(&text).expect("it reads back");
            prop_assert_eq!(read.bytes(), &bytes);
            let wrong: String = text.chars().enumerate().map(|(i, c)| match crockford::value(c) {
                Some(value) if i == at => char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[usize::from((value + by) % 32)]),
                _ => c,
            }).collect();
            // 20 bits of check: a chance of one in a million that it does read.
            prop_assert!(wrong == *text || RecoverySecret::from_text(&wrong).is_err());
        }
    }
}
