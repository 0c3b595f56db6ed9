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
    is_quick: bool,
}

/// What the ETag is made of, and whatever was promised.
pub(super) struct BodyHasher {
    tag: Tag,
    checksums: ChecksumHasher,
}

/// What becomes the ETag of a body.
enum Tag {
    /// What programs for S3 may compare it with.
    Md5(Md5),
    /// What two tries at a part are told apart by.
    Quick(Box<QuickTag>),
}

/// CRC-64/NVME, CRC-32C and the length: processors have instructions for the first two, and none for MD5. Nothing trusts it: what a link
/// gives is authenticated by its keys.
struct QuickTag {
    crc64: Crc64Nvme,
    crc32c: Crc32c,
    len: u64,
}

/// What a body turned out to be.
pub(super) struct BodyChecksums {
    /// As the ETag shows it.
    pub(super) tag: [u8; 16],
    md5: Option<[u8; 16]>,
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
            is_quick: false,
        })
    }

    /// The ETag of this body need not be its MD5, unless the client sent a Content-MD5.
    pub(super) fn tag_quickly(&mut self) {
        self.is_quick = self.md5.is_none();
    }

    pub(super) fn hasher(&self) -> BodyHasher {
        let wants = |promised: &Option<String>, trailer: &str| {
            promised.is_some() || self.trailer.as_ref().is_some_and(|(name, _)| name == trailer)
        };
        BodyHasher {
            tag: if self.is_quick {
                Tag::Quick(Box::new(QuickTag {
                    crc64: Crc64Nvme::new(),
                    crc32c: Crc32c::new(),
                    len: 0,
                }))
            } else {
                Tag::Md5(Md5::new())
            },
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
        if self.md5.is_some() && self.md5 != found.md5 {
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
        match &mut self.tag {
            Tag::Md5(md5) => md5.update(bytes),
            Tag::Quick(quick) => {
                quick.crc64.update(bytes);
                quick.crc32c.update(bytes);
                quick.len += bytes.len() as u64;
            }
        }
        self.checksums.update(bytes);
    }

    pub(super) fn finish(self) -> BodyChecksums {
        let (tag, md5) = match self.tag {
            Tag::Md5(md5) => {
                let md5: [u8; 16] = md5.finalize().into();
                (md5, Some(md5))
            }
            Tag::Quick(quick) => {
                let QuickTag { crc64, crc32c, len } = *quick;
                let mut tag = [0; 16];
                tag[..8].copy_from_slice(&crc64.finalize());
                tag[8..12].copy_from_slice(&crc32c.finalize());
                // A part has less than 4 GiB.
                tag[12..].copy_from_slice(&len.to_be_bytes()[4..]);
                (tag, None)
            }
        };
        BodyChecksums {
            tag,
            md5,
            checksums: self.checksums.finalize(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(content_md5: Option<&str>, is_quick: bool, pieces: &[&[u8]]) -> S3Result<[u8; 16]> {
        let mut promised = DeclaredChecksums::new(content_md5, dto::Checksum::default(), &HeaderMap::new(), None)?;
        if is_quick {
            promised.tag_quickly();
        }
        let mut hasher = promised.hasher();
        for piece in pieces {
            hasher.update(piece);
        }
        let found = hasher.finish();
        promised.check(&found)?;
        Ok(found.tag)
    }

    #[test]
    fn a_quick_tag_is_of_the_bytes() -> S3Result<()> {
        let whole = tag(None, true, &[b"the same bytes"])?;
        assert_eq!(tag(None, true, &[b"the same", b"", b" bytes"])?, whole);
        assert_ne!(tag(None, true, &[b"the same byteS"])?, whole);
        assert_ne!(tag(None, true, &[b"the same bytes", b"\0"])?, whole);
        // The check value of CRC-64/NVME and that of CRC-32C (RFC 3720, B.4 has the polynomial), and a length.
        let check = [
            0xae, 0x8b, 0x14, 0x86, 0x0a, 0x79, 0x98, 0x88, 0xe3, 0x06, 0x92, 0x83, 0, 0, 0, 9,
        ];
        assert_eq!(tag(None, true, &[b"123456789"])?, check);
        Ok(())
    }

    #[test]
    fn a_promised_md5_is_counted_and_is_the_tag() -> S3Result<()> {
        let md5: [u8; 16] = Md5::digest(b"the body").into();
        let promise = Base64::encode_string(&md5);
        assert_eq!(tag(Some(&promise), true, &[b"the body"])?, md5);
        assert_eq!(tag(None, false, &[b"the body"])?, md5);
        assert!(tag(Some(&promise), true, &[b"another"]).is_err());
        Ok(())
    }
}
