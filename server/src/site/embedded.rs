//! The site that the build script put into the binary.

use std::collections::HashMap;

use bytes::Bytes;

use super::{
    encoding::Accepted,
    file::{Found, content_type, digest, etag, is_immutable},
};

struct StaticFile {
    path: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// A file of the site, in all its forms.
pub(crate) struct Embedded {
    pub(super) plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
    digest: String,
}

pub(super) fn load() -> HashMap<&'static str, Embedded> {
    let with_digest = |file: &StaticFile| Embedded {
        plain: file.plain,
        brotli: file.brotli,
        gzip: file.gzip,
        digest: digest(file.plain),
    };
    FILES.iter().map(|file| (file.path, with_digest(file))).collect()
}

impl Embedded {
    pub(super) fn choose(&self, path: &str, accepted: Accepted) -> Found {
        let brotli = self.brotli.filter(|_| accepted.brotli).map(|body| (body, Some("br")));
        let gzip = || self.gzip.filter(|_| accepted.gzip).map(|body| (body, Some("gzip")));
        let (body, encoding) = brotli.or_else(gzip).unwrap_or((self.plain, None));
        Found {
            body: Bytes::from_static(body),
            encoding,
            content_type: content_type(path),
            etag: etag(&self.digest, encoding),
            is_immutable: is_immutable(path),
        }
    }
}
