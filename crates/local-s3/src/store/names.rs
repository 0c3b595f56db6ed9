//! Names on disk: random for folders, hashed for keys, and for a part everything that must stay true of it.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Name of a data folder, and the id of the upload that fills it: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DataId([u8; 16]);

impl DataId {
    pub(crate) fn make() -> std::io::Result<Self> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(std::io::Error::other)?;
        Ok(Self(id))
    }

    /// Only the one spelling that [`fmt::Display`] writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        lower_hex(text).map(Self)
    }
}

impl fmt::Display for DataId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for DataId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// File name of the manifest of `key`.
pub(crate) fn manifest_name(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// One stored part. Its file name is all of it, so bytes, ETag and size cannot come apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartFile {
    /// Part number, 1 to 10,000.
    pub(crate) n: u16,
    /// Rises with every part that finishes: of two attempts at a part, the higher one is the part. Microseconds since
    /// 1970 where the clock allows.
    pub(crate) seq: u64,
    /// What tells these bytes from others: their MD5, or of a part that only has to be told from another try, something quicker.
    pub(crate) tag: [u8; 16],
    /// Bytes.
    pub(crate) len: u64,
}

impl PartFile {
    pub(crate) fn file_name(&self) -> String {
        format!("{:05}-{:016x}-{}-{}", self.n, self.seq, hex::encode(self.tag), self.len)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut fields = name.split('-');
        let mut next = || fields.next();
        let part = Self {
            n: next()?.parse().ok()?,
            seq: u64::from_str_radix(next()?, 16).ok()?,
            tag: lower_hex(next()?)?,
            len: next()?.parse().ok()?,
        };
        // Also refuses what is left over and every other spelling of the same numbers.
        (part.file_name() == name).then_some(part)
    }

    pub(crate) fn etag(&self) -> String {
        hex::encode(self.tag)
    }
}

fn lower_hex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (!text.bytes().any(|b| b.is_ascii_uppercase())).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_its_name() {
        let part = PartFile {
            n: 17,
            seq: 0x6_0000_0000_0001,
            tag: [0xab; 16],
            len: 10 << 20,
        };
        let name = part.file_name();
        assert_eq!(name, "00017-0006000000000001-abababababababababababababababab-10485760");
        assert_eq!(PartFile::parse(&name), Some(part));
        for other in [
            "upload.json",
            "",
            "17-6000000000001-ab-1",
            &name.replace("00017", "+0017"),
            &format!("{name}-1"),
            &name.to_uppercase(),
        ] {
            assert_eq!(PartFile::parse(other), None, "{other}");
        }
    }

    #[test]
    fn ids_have_one_spelling() -> std::io::Result<()> {
        let id = DataId::make()?;
        assert_eq!(DataId::parse(&id.to_string()), Some(id));
        for other in [
            "",
            "..",
            "../../../../../../../../etc/pass",
            "ABCDEF0123456789abcdef0123456789",
            "00",
        ] {
            assert_eq!(DataId::parse(other), None, "{other}");
        }
        Ok(())
    }
}
