//! The text of a link: `https://host/d/<22 characters>#<51 characters>`.

mod forgive;
mod read;

use sealdrop_api::LinkId;
use sealdrop_crypto::{Fragment, LinkFlags, LinkSecret, Zeroizing};
use sealdrop_model::LinkFault;

/// A whole link. It is the key: redacted in `Debug`.
#[derive(Debug)]
pub struct Link {
    /// Scheme, host and port: `https://host`.
    pub origin: String,
    /// The public half.
    pub link_id: LinkId,
    /// Whether a password was set.
    pub flags: LinkFlags,
    /// The secret half.
    pub secret: LinkSecret,
}

impl Link {
    /// Reads the link in a text, also where a program left its marks on it on the way: quotes and brackets around it, line
    /// breaks and invisible characters in it, `#` as `%23`, a tracking parameter before the `#` or behind the key, the whole
    /// of it inside an address that redirects. The key's checksum tells that everything is right.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn parse(text: &str) -> Result<Self, LinkFault> {
        read::first(&forgive::unwrap(text), |origin, link_id, behind| {
            let Fragment { flags, secret } = read::key(link_id, behind)?;
            Ok(Self {
                origin,
                link_id,
                flags,
                secret,
            })
        })
    }

    /// The public half: all up to and with the `#`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/d/{}#", self.origin, self.link_id)
    }

    /// The secret half: the 51 characters behind the `#`.
    #[must_use]
    pub fn key(&self) -> Zeroizing<String> {
        Fragment::encode(self.link_id.as_bytes(), self.flags, &self.secret)
    }

    /// The whole text. Named so that a reader sees the secret leave.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}{}", self.address(), *self.key()))
    }
}

/// Origin and id in the text of a link, with its key or without: enough to close it.
///
/// # Errors
/// [`LinkFault::Foreign`], [`LinkFault::Incomplete`], [`LinkFault::Altered`].
pub fn link_id_of(text: &str) -> Result<(String, LinkId), LinkFault> {
    read::first(&forgive::unwrap(text), |origin, link_id, _| Ok((origin, link_id)))
}

/// Whether a text is an origin, as links begin with one.
pub(crate) fn is_origin(text: &str) -> bool {
    read::origin(text).as_deref() == Some(text) && (text.starts_with("https://") || text.starts_with("http://"))
}

#[cfg(test)]
mod tests;
