//! Argon2id (RFC 9106, version 0x13) in fixed profiles. Parameters never travel as numbers: so no server or link can ask a client
//! for 4 GiB, or for next to nothing.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Strength of a password slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Profile {
    /// 64 MiB, 3 passes, 1 lane: about 0.2 s natively and 0.4 s in WebAssembly on a small machine.
    Standard = 1,
    /// 256 MiB, 4 passes, 1 lane: about 1.3 s natively. Passphrase slots only, by choice.
    Strong = 2,
}

impl Profile {
    const fn costs(self) -> (u32, u32) {
        match self {
            Self::Standard => (64 * 1024, 3),
            Self::Strong => (256 * 1024, 4),
        }
    }
}

impl TryFrom<u8> for Profile {
    type Error = Error;

    /// Refuses unknown bytes before anything is computed.
    fn try_from(byte: u8) -> Result<Self> {
        match byte {
            1 => Ok(Self::Standard),
            2 => Ok(Self::Strong),
            _ => Err(Error::NewerVersion),
        }
    }
}

/// Stretches a password that the caller has normalised (NFKC, UTF-8). Blocks for as long as the profile says.
pub(crate) fn stretch(password: &[u8], salt: &[u8; 16], profile: Profile) -> Result<Zeroizing<[u8; 32]>> {
    if !(1..=1024).contains(&password.len()) {
        return Err(Error::PasswordLength);
    }
    let (memory, passes) = profile.costs();
    let params = Params::new(memory, passes, 1, Some(32)).map_err(|_| Error::Backend)?;
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password, salt, &mut *out)
        .map_err(|_| Error::Backend)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{AssociatedData, ParamsBuilder};

    /// RFC 9106, section 5.3.
    #[test]
    fn the_published_vector() {
        let params = ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(AssociatedData::new(&[4; 12]).expect("12 bytes are allowed"))
            .output_len(32)
            .build()
            .expect("the parameters of the RFC");
        let mut tag = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .expect("8 bytes of secret are allowed")
            .hash_password_into(&[1; 32], &[2; 16], &mut tag)
            .expect("it computes");
        assert_eq!(
            tag,
            [
                0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0,
                0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
            ]
        );
    }

    #[test]
    fn c06_unknown_profiles_and_lengths_are_refused() {
        for byte in 0..=255 {
            assert_eq!(Profile::try_from(byte).is_ok(), byte == 1 || byte == 2);
        }
        for len in [0, 1025] {
            let password = std::vec![b'x'; len];
            assert_eq!(
                stretch(&password, &[0; 16], Profile::Standard),
                Err(Error::PasswordLength)
            );
        }
    }
}
