//! Which compressed forms a client takes (RFC 9110, section 12.5.3).

use http::{HeaderMap, header};

/// The forms that a client takes, of those that we keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Accepted {
    pub(super) brotli: bool,
    pub(super) gzip: bool,
}

impl Accepted {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for entry in value.to_str().unwrap_or_default().split(',') {
                let mut parts = entry.split(';').map(str::trim);
                let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
                let weight = parts
                    .find_map(|part| part.strip_prefix("q="))
                    .map_or(1.0, |q| q.parse().unwrap_or(0.0));
                match coding.as_str() {
                    "br" => accepted.brotli = weight > 0.0,
                    "gzip" => accepted.gzip = weight > 0.0,
                    _ => {}
                }
            }
        }
        accepted
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_browsers_send() {
        let read = |value: &'static str| {
            Accepted::read(&HeaderMap::from_iter([(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(
            read("gzip, deflate, br, zstd"),
            Accepted {
                brotli: true,
                gzip: true
            }
        );
        assert_eq!(
            read("gzip, deflate"),
            Accepted {
                brotli: false,
                gzip: true
            }
        );
        assert_eq!(
            read("br;q=0, gzip;q=0.5"),
            Accepted {
                brotli: false,
                gzip: true
            }
        );
        assert_eq!(read("identity"), Accepted::default());
    }
}
