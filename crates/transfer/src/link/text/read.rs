//! Finds a link in a text that [`forgive`](super::forgive) made plain.

use sealdrop_api::LinkId;
use sealdrop_crypto::{Error, Fragment, Zeroizing};

use sealdrop_model::LinkFault;

/// Characters of a key.
const KEY: usize = 51;
/// Characters of an id.
const ID: usize = 22;
/// Every key begins like this: version 1, and flags below 16.
const KEY_BEGINS: &str = "AQ";
/// A key is looked for in so many characters behind an id.
const MAX_BEHIND: usize = 8192;

/// Reads the first `https://host/d/<id>` of a text that `read` takes; it is given origin, id and what stands behind. Tells
/// what was wrong with the first that there was.
pub(super) fn first<T>(
    text: &str,
    read: impl Fn(String, LinkId, &str) -> Result<T, LinkFault>,
) -> Result<T, LinkFault> {
    let mut fault = LinkFault::Foreign;
    for (at, path) in text.match_indices("/d/") {
        let Some(origin) = origin(&text[..at]) else { continue };
        match id(&text[at + path.len()..]).and_then(|(id, behind)| read(origin, id, behind)) {
            Err(found) if fault == LinkFault::Foreign => fault = found,
            Err(_) => {}
            found => return found,
        }
    }
    Err(fault)
}

/// The origin at the end of a text, as a browser writes it; `https` where there is no scheme.
pub(super) fn origin(before: &str) -> Option<String> {
    let before = before.to_ascii_lowercase();
    let before = before.trim_end_matches('/');
    let begins = |scheme: &'static str| before.rfind(scheme).map(|at| (at + scheme.len(), scheme));
    if let Some((at, scheme)) = begins("https://").max(begins("http://"))
        && !before[at..].is_empty()
        && before[at..].chars().all(|c| is_host(c) || !c.is_ascii())
    {
        let port = if scheme == "https://" { ":443" } else { ":80" };
        let host = before[at..].strip_suffix(port).unwrap_or(&before[at..]);
        return Some(format!("{scheme}{host}"));
    }
    let (before, host) = before.split_at(before.trim_end_matches(is_host).len());
    let is_alone = !before.ends_with(['/', '@', ':', '%']);
    (host.contains('.') && is_alone).then(|| format!("https://{}", host.strip_suffix(":443").unwrap_or(host)))
}

const fn is_host(c: char) -> bool {
    is_letter(c) || matches!(c, '.' | ':' | '[' | ']')
}

/// Whether a character is of base64url.
const fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The id at the beginning of a text, and what stands behind it. A field of one line makes spaces of broken lines.
fn id(text: &str) -> Result<(LinkId, &str), LinkFault> {
    let mut id = String::new();
    let mut behind = text.chars();
    let mut fault = LinkFault::Altered;
    while id.len() < ID {
        match behind.next() {
            Some(c) if is_letter(c) => id.push(c),
            Some(' ' | '>') if !id.is_empty() => fault = LinkFault::Incomplete,
            _ => return Err(LinkFault::Incomplete),
        }
    }
    let id = id.parse().map_err(|_| fault)?;
    Ok((id, behind.as_str()))
}

/// The key of a link in what stands behind its id, whatever else is there: its checksum tells it from everything else.
pub(super) fn key(id: LinkId, behind: &str) -> Result<Fragment, LinkFault> {
    let letters = behind.chars().filter(|c| is_letter(*c)).take(MAX_BEHIND);
    let letters: Zeroizing<String> = Zeroizing::new(letters.collect());
    let parse = |key: &str| Fragment::parse(id.as_bytes(), key);
    for (at, _) in letters.match_indices(KEY_BEGINS) {
        if let Some(Ok(found)) = letters.get(at..at + KEY).map(parse) {
            return Ok(found);
        }
    }
    let key = match behind.split_once('#') {
        Some((_, key)) => key.trim_start_matches(|c| !is_letter(c)),
        None if behind.starts_with(is_letter) => behind,
        None => "",
    };
    let key = &key[..key.find(|c| !is_letter(c)).unwrap_or(key.len())];
    Err(match key.len() {
        0 => LinkFault::NoKey,
        1..KEY => LinkFault::Incomplete,
        // A wrong first letter would look like a version that is far away.
        KEY if key.starts_with('A') && matches!(parse(key), Err(Error::NewerVersion)) => LinkFault::NewerVersion,
        _ => LinkFault::Altered,
    })
}
