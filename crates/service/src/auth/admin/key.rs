//! How an operator names a user.

use std::str::FromStr;

use sealdrop_mail::{AddressError, EmailAddress};

/// One user: by the id that lists print, or by the address that signs in.
#[derive(Debug, Clone)]
pub enum UserKey {
    /// The id; also of a user who is closed.
    Id([u8; 16]),
    /// Any spelling of the address; only of a user who is not closed.
    Address(EmailAddress),
}

impl FromStr for UserKey {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        match bytes_of(text) {
            Some(id) => Ok(Self::Id(id)),
            None => EmailAddress::parse(text).map(Self::Address),
        }
    }
}

/// An id as lists print it.
pub(super) fn hex(id: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(id))
}

fn bytes_of(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_or_an_address() {
        let id = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255];
        assert!(matches!(hex(id).parse(), Ok(UserKey::Id(read)) if read == id));
        assert!(matches!("Ann@X.test".parse(), Ok(UserKey::Address(read)) if read.canonical() == "ann@x.test"));
        for wrong in ["", "ann", "0001", "+0000000000000000000000000000001"] {
            assert!(wrong.parse::<UserKey>().is_err(), "{wrong}");
        }
    }
}
