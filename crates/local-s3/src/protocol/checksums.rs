//! Checksums that a client sends with a body: Content-MD5, `x-amz-checksum-*`, or the same as a trailer.

use base64ct::{Base64, Encoding as _};
use http::HeaderMap;
use md5::{Digest as _, Md5};
use s3s::{
    S3Result, TrailingHeaders,
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256},
    dto, s3_error,
};

/// What a body is promised to be.
#[derive(Debug, Default)]
pub(super) struct DeclaredChecksums {
    pub(super) md5: Option<[u8; 16]>,
    pub(super) checksums: dto::Checksum,
    trailer: Option<(String, TrailingHeaders)>,
}

/// MD5 always, for the ETag, and whatever else was promised.
pub(super) struct BodyHasher {
    md5: Md5,
    checksums: ChecksumHasher,
}

/// What a body turned out to be.
pub(super) struct BodyChecksums {
    pub(super) md5: [u8; 16],
    pub(super) checksums: dto::Checksum,
}

/// The same fields of two requests of S3.
macro_rules! declared_checksums {
    ($input:expr) => {
        dto::Checksum {
            checksum_crc32: $input.checksum_crc32.take(),
            checksum_crc32c: $input.checksum_crc32c.take(),
            checksum_crc64nvme: $input.checksum_crc64nvme.take(),
            checksum_sha1: $input.checksum_sha1.take(),
            checksum_sha256: $input.checksum_sha256.take(),
            ..Default::default()
        }
    };
}
pub(super) use declared_checksums;

impl DeclaredChecksums {
    pub(super) fn new(
        content_md5: Option<&str>,
        checksums: dto::Checksum,
        headers: &HeaderMap,
        trailing: Option<TrailingHeaders>,
    ) -> S3Result<Self> {
        let md5 = content_md5
            .map(|text| {
                let mut bytes = [0; 16];
                match Base64::decode(text, &mut bytes) {
                    Ok(decoded) if decoded.len() == 16 => Ok(bytes),
                    _ => Err(s3_error!(InvalidDigest, "Content-MD5 is not the Base64 of 16 bytes.")),
                }
            })
            .transpose()?;
        let named = headers.get("x-amz-trailer").and_then(|name| name.to_str().ok());
        let trailer = named
            .zip(trailing)
            .map(|(name, trailing)| (name.trim().to_ascii_lowercase(), trailing));
        Ok(Self {
            md5,
            checksums,
            trailer,
        })
    }

    pub(super) fn hasher(&self) -> BodyHasher {
        let wants = |promised: &Option<String>, trailer: &str| {
            promised.is_some() || self.trailer.as_ref().is_some_and(|(name, _)| name == trailer)
        };
        BodyHasher {
            md5: Md5::new(),
            checksums: ChecksumHasher {
                crc32: wants(&self.checksums.checksum_crc32, "x-amz-checksum-crc32").then(Crc32::new),
                crc32c: wants(&self.checksums.checksum_crc32c, "x-amz-checksum-crc32c").then(Crc32c::new),
                sha1: wants(&self.checksums.checksum_sha1, "x-amz-checksum-sha1").then(Sha1::new),
                sha256: wants(&self.checksums.checksum_sha256, "x-amz-checksum-sha256").then(Sha256::new),
                crc64nvme: wants(&self.checksums.checksum_crc64nvme, "x-amz-checksum-crc64nvme").then(Crc64Nvme::new),
            },
        }
    }

    /// Call it when the body has been read to its end: a trailer comes after it.
    pub(super) fn check(&self, found: &BodyChecksums) -> S3Result<()> {
        if self.md5.is_some_and(|md5| md5 != found.md5) {
            return Err(s3_error!(
                BadDigest,
                "The body does not have the Content-MD5 it came with."
            ));
        }
        for (name, promised, found) in pairs(&self.checksums, &found.checksums) {
            if promised.is_some() && promised != found {
                return Err(s3_error!(BadDigest, "The body does not have the {name} it came with."));
            }
        }
        let Some((trailer, trailing)) = &self.trailer else {
            return Ok(());
        };
        let promised = trailing
            .read(|headers| {
                headers
                    .get(trailer)
                    .and_then(|value| value.to_str().ok())
                    .map(str::to_owned)
            })
            .flatten();
        for (name, _, found) in pairs(&self.checksums, &found.checksums) {
            if name == trailer && promised.as_deref() != found {
                return Err(s3_error!(BadDigest, "The body does not have the {name} it ended with."));
            }
        }
        Ok(())
    }
}

fn pairs<'a>(
    promised: &'a dto::Checksum,
    found: &'a dto::Checksum,
) -> [(&'static str, Option<&'a str>, Option<&'a str>); 5] {
    [
        (
            "x-amz-checksum-crc32",
            promised.checksum_crc32.as_deref(),
            found.checksum_crc32.as_deref(),
        ),
        (
            "x-amz-checksum-crc32c",
            promised.checksum_crc32c.as_deref(),
            found.checksum_crc32c.as_deref(),
        ),
        (
            "x-amz-checksum-crc64nvme",
            promised.checksum_crc64nvme.as_deref(),
            found.checksum_crc64nvme.as_deref(),
        ),
        (
            "x-amz-checksum-sha1",
            promised.checksum_sha1.as_deref(),
            found.checksum_sha1.as_deref(),
        ),
        (
            "x-amz-checksum-sha256",
            promised.checksum_sha256.as_deref(),
            found.checksum_sha256.as_deref(),
        ),
    ]
}

impl BodyHasher {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.checksums.update(bytes);
    }

    pub(super) fn finish(self) -> BodyChecksums {
        BodyChecksums {
            md5: self.md5.finalize().into(),
            checksums: self.checksums.finalize(),
        }
    }
}
