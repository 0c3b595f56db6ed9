//! Undoes what programs do to a link on its way, wherever in the text the link is.

use zeroize::Zeroizing;

/// Escapes within escapes are resolved so many times.
const ROUNDS: usize = 5;

/// The text without escapes, broken lines and invisible characters. Words stay apart by a space.
pub(super) fn unwrap(text: &str) -> Zeroizing<String> {
    let mut text = plain(&without_rewriting(text));
    for _ in 0..ROUNDS {
        let next = plain(&unescape(&text));
        if *next == *text {
            break;
        }
        text = next;
    }
    text
}

/// The address inside one of Proofpoint's, which writes `-` for `%` and `_` for `/`.
fn without_rewriting(text: &str) -> Zeroizing<String> {
    let rewritten = text.split_once("?u=http").filter(|(_, rest)| rest.contains("-3A__"));
    Zeroizing::new(match rewritten {
        Some((_, rest)) => format!("http{}", rest.replace('_', "/").replace('-', "%")),
        None => text.to_owned(),
    })
}

/// Joins broken lines, without the signs that quote them; drops invisible characters; makes ASCII of finer signs.
fn plain(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut line_begins = false;
    for c in text.chars() {
        match c {
            '\n' | '\r' => {
                // Quoted-printable ends a line that goes on with this sign.
                if plain.ends_with('=') {
                    plain.pop();
                }
                line_begins = true;
                continue;
            }
            ' ' | '\t' | '>' | '|' if line_begins => continue,
            // Dashes of every length, as a text program puts them for a hyphen.
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => plain.push('-'),
            // The wide forms of ASCII.
            '\u{ff01}'..='\u{ff5e}' => plain.extend(char::from_u32(u32::from(c) - 0xfee0)),
            c if c.is_whitespace() => plain.push(' '),
            c if c == '\\' || is_invisible(c) => {}
            c => plain.push(c),
        }
        line_begins = false;
    }
    plain
}

const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Resolves `%XX`, `&#NN;` and `&#xHH;`.
fn unescape(text: &str) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let found = match first {
            b'%' => percent(behind),
            b'&' => entity(behind),
            _ => None,
        };
        let (byte, used) = found.unwrap_or((*first, 0));
        bytes.push(byte);
        rest = &behind[used..];
    }
    Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
}

/// A byte from its two digits, and how many bytes it took.
fn percent(behind: &[u8]) -> Option<(u8, usize)> {
    let digits = behind.get(..2).filter(|digits| digits[0] != b'+')?;
    let byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    Some((byte, 2))
}

/// An ASCII character from its number, and how many bytes that took.
fn entity(behind: &[u8]) -> Option<(u8, usize)> {
    let end = behind.iter().take(8).position(|byte| *byte == b';')?;
    let number = str::from_utf8(&behind[..end]).ok()?.strip_prefix('#')?;
    let byte = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => number.parse(),
    };
    Some((byte.ok().filter(u8::is_ascii)?, end + 1))
}
