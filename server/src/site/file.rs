//! A file as it is answered.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest as _, Sha256};

/// A file in the form that was chosen.
pub(super) struct Found {
    pub(super) body: Bytes,
    pub(super) encoding: Option<&'static str>,
    pub(super) content_type: HeaderValue,
    pub(super) etag: HeaderValue,
    pub(super) is_immutable: bool,
}

/// A strong `ETag`: 16 bytes of the content's digest, and the form, because two forms are two entities.
pub(super) fn etag(digest: &str, encoding: Option<&str>) -> HeaderValue {
    let text = encoding.map_or_else(
        || format!("\"{digest}\""),
        |encoding| format!("\"{digest}-{encoding}\""),
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

pub(super) fn digest(content: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(content)[..16])
}

/// Whether the name carries a hash, `/pkg/app.0123abcd.js`: then its content never changes.
pub(super) fn is_immutable(path: &str) -> bool {
    let Some(name) = path.strip_prefix("/pkg/").filter(|name| !name.contains('/')) else {
        return false;
    };
    let mut parts = name.rsplit('.').skip(1);
    let hash = parts.next().unwrap_or_default();
    parts.next().is_some() && hash.len() >= 8 && hash.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// By extension; `nosniff` keeps the browser from guessing.
pub(super) fn content_type(path: &str) -> HeaderValue {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    HeaderValue::from_static(match extension {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hashed_name_is_for_good() {
        assert!(is_immutable("/pkg/app.0123abcd.js"));
        assert!(is_immutable("/pkg/app_bg.0123abcd.wasm"));
        for path in [
            "/pkg/app.js",
            "/pkg/app_bg.wasm",
            "/sw.js",
            "/pkg/snippets/x/app.0123abcd.js",
            "/app.0123abcd.js",
        ] {
            assert!(!is_immutable(path), "{path}");
        }
    }
}
