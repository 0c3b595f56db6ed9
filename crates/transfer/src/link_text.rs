//! The text of a link: `https://host/d/<22 characters>#<51 characters>`.

use sealdrop_api::LinkId;
use sealdrop_crypto::{Error, Fragment, LinkFlags, LinkSecret, Zeroizing};

/// Why a text is not a link that can be opened. Found on this device, before anything is asked of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// There is no `#`, or nothing behind it.
    #[error("the link has no key: the part after # is missing")]
    NoKey,
    /// Its key is cut off, mistyped, or belongs to another link.
    #[error("the link is cut off or mistyped")]
    Incomplete,
    /// It is not a link of Sealdrop.
    #[error("this is not a Sealdrop link")]
    Foreign,
    /// Its key was made by a newer version.
    #[error("the link was made by a newer version of Sealdrop")]
    NewerVersion,
}

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
    /// Reads a whole link; white space around it is forgiven.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn parse(text: &str) -> Result<Self, LinkFault> {
        let text = text.trim();
        let (address, fragment) = match text.split_once('#') {
            Some((address, fragment)) => (address, Some(fragment)),
            None => (text, None),
        };
        let (origin, id) = split_address(address).ok_or(LinkFault::Foreign)?;
        let fragment = fragment.filter(|fragment| !fragment.is_empty());
        let Ok(link_id) = id.parse::<LinkId>() else {
            return Err(LinkFault::Incomplete);
        };
        Self::from_halves(origin, link_id, fragment.ok_or(LinkFault::NoKey)?)
    }

    /// Puts a link together from what a page finds in its location.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn from_halves(origin: &str, link_id: LinkId, fragment: &str) -> Result<Self, LinkFault> {
        match Fragment::parse(link_id.as_bytes(), fragment) {
            Ok(Fragment { flags, secret }) => Ok(Self {
                origin: origin.to_owned(),
                link_id,
                flags,
                secret,
            }),
            Err(Error::NewerVersion) => Err(LinkFault::NewerVersion),
            Err(_) => Err(LinkFault::Incomplete),
        }
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

/// The id in the text of a link, whole or without its key: enough to close it.
///
/// # Errors
/// [`LinkFault::Foreign`], [`LinkFault::Incomplete`].
pub fn link_id_of(text: &str) -> Result<(String, LinkId), LinkFault> {
    let address = text.trim().split('#').next().unwrap_or_default();
    let (origin, id) = split_address(address).ok_or(LinkFault::Foreign)?;
    Ok((origin.to_owned(), id.parse().map_err(|_| LinkFault::Incomplete)?))
}

/// Origin and id of `https://host/d/<id>`.
fn split_address(address: &str) -> Option<(&str, &str)> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))?;
    let scheme = address.len() - rest.len();
    let path_at = rest.find('/')?;
    let (host, path) = rest.split_at(path_at);
    let plain_host = !host.is_empty() && !host.contains(['@', '?', ' ', '\\']);
    let id = path.strip_prefix("/d/")?.trim_end_matches('/');
    (plain_host && !id.contains(['/', '?'])).then(|| (&address[..scheme + path_at], id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        Link {
            origin: "https://drop.example:8443".to_owned(),
            link_id: LinkId([7; 16]),
            flags: LinkFlags::PASSWORD,
            secret: LinkSecret::from_text(&"A".repeat(43)).expect("43 characters of zero"),
        }
    }

    #[test]
    fn a_link_survives_its_text() {
        let text = link().expose();
        let read = Link::parse(&format!("  {}\n", *text)).expect("what was written reads");
        assert_eq!(
            (read.link_id, read.origin.as_str()),
            (LinkId([7; 16]), "https://drop.example:8443")
        );
        assert!(read.flags.has_password());
        assert_eq!(*read.expose(), *text);
        assert!(!format!("{read:?}").contains(&*read.key()));
    }

    #[test]
    fn each_fault_has_its_name() {
        let text = link().expose();
        let fault = |text: &str| Link::parse(text).map(|_| ()).expect_err("a damaged link is refused");
        assert_eq!(fault(&text[..text.len() - 1]), LinkFault::Incomplete);
        assert_eq!(fault(&format!("{}x", *text)), LinkFault::Incomplete);
        assert_eq!(fault(&link().address()), LinkFault::NoKey);
        assert_eq!(fault(link().address().trim_end_matches('#')), LinkFault::NoKey);
        assert_eq!(fault("https://example.com/d/short#abc"), LinkFault::Incomplete);
        for foreign in [
            "",
            "hello",
            "https://example.com/",
            "ftp://x/d/y#z",
            "https://u@h/d/AAAA#z",
            "https://h/e/A#b",
        ] {
            assert_eq!(fault(foreign), LinkFault::Foreign, "{foreign}");
        }
        let other = text.replacen("BwcH", "BwcI", 1);
        assert_eq!(fault(&other), LinkFault::Incomplete, "halves of two links");
    }

    #[test]
    fn an_id_is_found_without_the_key() {
        let (origin, id) = link_id_of(&link().address()).expect("the public half is enough");
        assert_eq!((origin.as_str(), id), ("https://drop.example:8443", LinkId([7; 16])));
    }
}
