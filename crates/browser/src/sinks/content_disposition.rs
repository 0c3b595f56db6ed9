//! The header that gives a download its name (RFC 6266, RFC 8187).

use std::fmt::Write as _;

/// `attachment` with the name twice: in ASCII for old clients, and as it is, percent-encoded. `name` must already be a
/// name that any platform can hold; the result is printable ASCII whatever it is.
pub fn content_disposition(name: &str) -> String {
    let mut header = String::from("attachment; filename=\"");
    for c in name.chars() {
        header.push(match c {
            '"' | '\\' | '%' => '_',
            ' '..='~' => c,
            _ => '_',
        });
    }
    header.push_str("\"; filename*=UTF-8''");
    for byte in name.bytes() {
        match byte {
            // attr-char of RFC 8187, without the characters that some clients unescape on their own.
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'#' | b'$' | b'&' | b'+' | b'-' | b'.' | b'^' | b'_'
            | b'`' | b'|' | b'~' => header.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => write!(header, "%{byte:02X}").unwrap_or_default(),
        }
    }
    header
}
