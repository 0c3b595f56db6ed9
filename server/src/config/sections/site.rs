//! Where the built web app comes from.

use std::path::PathBuf;

use url::Url;

use crate::config::{reader::Reader, variable::Variable};

/// Section of the web app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteSource {
    /// What was put into the binary when it was built, if anything was.
    Embedded,
    /// A folder, read at every request.
    Folder(PathBuf),
}

static FOLDER: Variable = Variable {
    name: "SEALDROP_SITE",
    default: "",
    secret: false,
    about: "Folder of the built web app, such as `target/site`. Unset: what the binary carries.",
};

static SOURCE_URL: Variable = Variable {
    name: "SEALDROP_SOURCE_URL",
    default: "",
    secret: false,
    about: "Where the source code of this server is published, such as `https://git.example.org/sealdrop`. Pages link to it, and `/cli` clones from it. Unset: no page names a source.",
};

static OPERATOR: Variable = Variable {
    name: "SEALDROP_OPERATOR",
    default: "",
    secret: false,
    about: "Who runs this server, such as `Example Ltd`: every page says \"Run by\" and this name in its footer. At most 80 characters. Unset: no page names an operator.",
};

static ABUSE_CONTACT: Variable = Variable {
    name: "SEALDROP_ABUSE_CONTACT",
    default: "",
    secret: false,
    about: "Where people report abuse to you: an e-mail address, or an `https://` URL. Every page links to it in its footer. Unset: no page does.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[&FOLDER, &SOURCE_URL, &OPERATOR, &ABUSE_CONTACT];

/// Characters of a name, so that the foot of a page stays a foot.
const MAX_NAME: usize = 80;
/// Bytes of a contact.
const MAX_CONTACT: usize = 254;

/// The published source, if it was set.
pub(in crate::config) fn source_url(reader: &mut Reader) -> Option<String> {
    reader.parsed(&SOURCE_URL, address)
}

/// Who runs this server, if it was set.
pub(in crate::config) fn operator(reader: &mut Reader) -> Option<String> {
    reader.parsed(&OPERATOR, name)
}

/// Where abuse is reported, if it was set, as what a link leads to.
pub(in crate::config) fn abuse_contact(reader: &mut Reader) -> Option<String> {
    reader.parsed(&ABUSE_CONTACT, contact)
}

/// A line of text. Direction marks and other invisible characters could make it read as something else.
fn name(text: &str) -> Result<Option<String>, String> {
    let is_hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if text.chars().count() > MAX_NAME || text.chars().any(is_hidden) {
        return Err(format!("expected a name of at most {MAX_NAME} visible characters"));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn contact(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let expected = || {
        "expected an e-mail address such as abuse@example.org, or a URL such as https://example.org/abuse".to_owned()
    };
    if text.len() > MAX_CONTACT {
        return Err(expected());
    }
    if let Some((local, domain)) = text.split_once('@').filter(|_| !text.contains("://")) {
        // Only what stands in a `mailto:` as it is (RFC 6068): nothing adds a header, another recipient or a text.
        let is_plain = |part: &str, more: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || more.contains(letter))
        };
        let fits = is_plain(local, ".-_+") && is_plain(domain, ".-") && domain.contains('.');
        return if fits {
            Ok(Some(format!("mailto:{text}")))
        } else {
            Err(expected())
        };
    }
    let url = Url::parse(text).ok();
    let url = url.filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
    });
    url.map(|url| Some(url.into())).ok_or_else(expected)
}

fn address(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty());
    // Pages show it inside a command line: what the parser escapes is the only form of it that is used.
    url.map(|url| Some(url.as_str().trim_end_matches('/').to_owned()))
        .ok_or_else(|| "expected a URL, such as https://git.example.org/sealdrop".to_owned())
}

impl SiteSource {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let Some(folder) = reader.given(&FOLDER).map(PathBuf::from) else {
            return Self::Embedded;
        };
        if !folder.is_dir() {
            reader.problem(
                &FOLDER,
                &format!("{} is no folder; build the web app with `make site`", folder.display()),
            );
        }
        Self::Folder(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_a_line_that_shows_all_of_itself() {
        assert_eq!(name(""), Ok(None));
        let longest = "ü".repeat(MAX_NAME);
        for right in ["Example Ltd", "Müller & <Söhne>", longest.as_str()] {
            assert_eq!(name(right), Ok(Some(right.to_owned())));
        }
        for wrong in ["two\nlines", "\u{202e}dlt", "zero\u{200b}width", &format!("{longest}x")] {
            assert!(name(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn abuse_is_reported_to_an_address_or_a_page() {
        assert_eq!(contact(""), Ok(None));
        for (right, led_to) in [
            ("abuse@example.org", "mailto:abuse@example.org"),
            ("a.b+c@mail.example.org", "mailto:a.b+c@mail.example.org"),
            ("https://example.org/abuse?from=x", "https://example.org/abuse?from=x"),
        ] {
            assert_eq!(contact(right), Ok(Some(led_to.to_owned())));
        }
        for wrong in [
            "example.org",
            "javascript:alert(1)",
            "javascript://x@y.org/%0aalert(1)",
            "mailto:abuse@example.org",
            "a@b.org?bcc=c@d.org",
            "a@b.org,c@d.org",
            "a b@c.org",
            "@b.org",
            "a@",
            "a@localhost",
            "https://user:secret@example.org/",
            "data:text/html,x",
            &format!("{}@example.org", "a".repeat(MAX_CONTACT)),
        ] {
            assert!(contact(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_source_is_an_address_of_the_web() {
        assert_eq!(address(""), Ok(None));
        assert_eq!(
            address("https://git.example.org/sealdrop/"),
            Ok(Some("https://git.example.org/sealdrop".to_owned()))
        );
        for wrong in ["git.example.org", "javascript:alert(1)", "ssh://git@x/y", "https://"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
