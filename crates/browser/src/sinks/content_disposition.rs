//! The header that gives a download its name (RFC 6266, RFC 8187).

use std::fmt::Write as _;

/// `attachment` with the name twice: in ASCII for old clients, and as it is, percent-encoded. `name` must already be a
/// name that any platform can hold; the result is printable ASCII whatever it is.
pub(super) fn content_disposition(name: &str) -> String {
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
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'!'
            | b'#'
            | b'$'
            | b'&'
            | b'+'
            | b'-'
            | b'.'
            | b'^'
            | b'_'
            | b'`'
            | b'|'
            | b'~' => header.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => write!(header, "%{byte:02X}").unwrap_or_default(),
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn names_travel_twice() {
        assert_eq!(
            content_disposition("a \"quoted\" naïve €.pdf"),
            "attachment; filename=\"a _quoted_ na_ve _.pdf\"; \
             filename*=UTF-8''a%20%22quoted%22%20na%C3%AFve%20%E2%82%AC.pdf"
        );
        assert_eq!(
            content_disposition("x'(*).txt"),
            "attachment; filename=\"x'(*).txt\"; filename*=UTF-8''x%27%28%2A%29.txt"
        );
    }

    #[wasm_bindgen_test]
    fn no_name_leaves_the_header() {
        for hostile in [
            "a\r\nset-cookie: b",
            "\u{0}",
            "a;b\\\"c",
            "%41",
            "\u{202e}gpj.exe",
            "🎉",
        ] {
            let header = content_disposition(hostile);
            assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{header}");
            assert_eq!(header.matches('"').count(), 2, "{header}");
        }
    }
}
