//! An e-mail address, and the one parser that makes it.

mod characters;
#[cfg(test)]
mod tests;

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization as _;

use characters::{is_allowed, is_ignorable};

/// Bytes of an address in any of its forms: 256 of a path (RFC 5321, 4.5.3.1.3) less its two brackets.
const MAX_BYTES: usize = 254;
/// Bytes of a local part (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// An e-mail address. Neither `Debug` nor anything else prints it by accident: each form has to be asked for by its name.
///
/// Two addresses are the same user's if their [`EmailAddress::canonical`] forms are equal. Dots are never stripped.
#[derive(Clone)]
pub struct EmailAddress {
    /// As typed, with the domain as A-labels.
    deliverable: String,
    canonical: String,
}

/// Why what was typed is no e-mail address. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// More than 254 bytes, or a part before the `@` of more than 64.
    #[error("the address is too long")]
    TooLong,
    /// No `@`, or several.
    #[error("an address has one @, between a name and a domain")]
    NotOneAt,
    /// The part before the `@` is empty, has a character that no mailbox has, or dots at its ends or next to each other.
    #[error("the part before the @ is not the name of a mailbox")]
    LocalPart,
    /// The part behind the `@` is no domain name with a dot in it.
    #[error("the part after the @ is not a domain")]
    Domain,
}

impl EmailAddress {
    /// Reads an address as a person typed it, or as [`EmailAddress::deliverable`] gave it. White space around it is ignored.
    ///
    /// # Errors
    /// When it is none, or has a quoted local part or an address literal, which nobody types.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let typed = typed.trim();
        if typed.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = typed.split_once('@').ok_or(AddressError::NotOneAt)?;
        if domain.contains('@') {
            return Err(AddressError::NotOneAt);
        }
        check_local_part(local)?;
        let domain = to_a_labels(domain)?;
        let folded = fold(local);
        // What is folded may have become something else: the full-width letters for `@`, `.` and `<` fold to those.
        check_local_part(&folded)?;
        let address = Self {
            deliverable: format!("{local}@{domain}"),
            canonical: format!("{folded}@{domain}"),
        };
        if address.deliverable.len() > MAX_BYTES || address.canonical.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        Ok(address)
    }

    /// The form that mail goes to: the local part as typed, the domain as A-labels.
    #[must_use]
    pub fn deliverable(&self) -> &str {
        &self.deliverable
    }

    /// The form that finds the user: NFKC, lower case, the domain as A-labels.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// What limits count by: the canonical form without its `+tag`, of which anybody has any number.
    #[must_use]
    pub fn limit_key(&self) -> String {
        let (local, domain) = self.canonical.split_once('@').unwrap_or((&self.canonical, ""));
        match local.split_once('+') {
            Some((name, _)) if !name.is_empty() => format!("{name}@{domain}"),
            _ => self.canonical.clone(),
        }
    }

    /// The domain as A-labels, in lower case. Rules compare it as a whole.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.deliverable.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether the local part has letters beyond ASCII, which only travel by SMTPUTF8 (RFC 6531).
    #[must_use]
    pub fn needs_smtputf8(&self) -> bool {
        !self.deliverable.is_ascii()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

/// An unquoted name (RFC 5321 `Dot-string`, RFC 6531 for letters beyond ASCII).
fn check_local_part(local: &str) -> Result<(), AddressError> {
    if local.len() > MAX_LOCAL_BYTES {
        return Err(AddressError::TooLong);
    }
    let is_name = |atom: &str| !atom.is_empty() && atom.chars().all(is_allowed);
    if local.split('.').all(is_name) {
        Ok(())
    } else {
        Err(AddressError::LocalPart)
    }
}

/// The domain in the form in which DNS and SMTP know it (UTS 46).
fn to_a_labels(domain: &str) -> Result<String, AddressError> {
    // UTS 46 leaves out what cannot be seen, so two texts that look alike would be one domain. Nobody types such a character.
    if domain.chars().any(is_ignorable) {
        return Err(AddressError::Domain);
    }
    let ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    let ascii = ascii.map_err(|_| AddressError::Domain)?;
    // Not an address of a host, and no name that only means something inside of one network.
    let last = ascii.rsplit_once('.').map(|(_, last)| last);
    match last {
        Some(last) if !last.bytes().all(|byte| byte.is_ascii_digit()) => Ok(ascii.into_owned()),
        _ => Err(AddressError::Domain),
    }
}

/// Lower case and NFKC. Letter by letter, because the lower case of a Greek sigma depends on its neighbours.
fn fold(local: &str) -> String {
    local.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}
