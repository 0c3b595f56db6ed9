//! The records of an archive, byte for byte (numbers in brackets are sections of APPNOTE 6.3.10).
//!
//! Where a value does not fit its field, the field is all ones and the value stands in the extra field 0x0001 (4.5.3).
//! All ones therefore never is a value itself.

use super::times;

/// A field of 32 bits that points to a wider one.
const ELSEWHERE: u32 = u32::MAX;
/// The same of 16 bits.
const ELSEWHERE_16: u16 = u16::MAX;
/// Bit 3: a data descriptor follows the content. Bit 11: the name is UTF-8. (4.4.4)
const FLAGS: u16 = 1 << 3 | 1 << 11;
/// Version of the format that reading takes (4.4.3.2): 2.0 for plain files, 4.5 for wide fields.
const PLAIN: u16 = 20;
const WIDE: u16 = 45;
/// Made on Unix (4.4.2), so that readers give files these rights: a plain file, `rw-r--r--` (4.4.15).
const MADE_BY: u16 = 3 << 8 | WIDE;
const RIGHTS: u32 = 0o100_644 << 16;

/// One file of an archive, as it is known before its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its place in the link's list.
    pub(super) file: usize,
    /// Its path in the archive: rebuilt and unique.
    pub(super) name: String,
    /// Its exact bytes.
    pub(super) len: u64,
    /// When it was changed, in ms since 1970 UTC.
    pub(super) modified_ms: Option<u64>,
}

impl Entry {
    /// Whether its length needs 64 bits, also in the descriptor behind it (4.3.9.2).
    const fn is_wide(&self) -> bool {
        self.len >= ELSEWHERE as u64
    }

    fn stamp_len(&self) -> u64 {
        times::unix_seconds(self.modified_ms).map_or(0, |_| 9)
    }

    /// Bytes before the content.
    pub(super) fn local_len(&self) -> u64 {
        30 + self.name.len() as u64 + self.stamp_len() + if self.is_wide() { 20 } else { 0 }
    }

    /// Bytes behind the content.
    pub(super) const fn descriptor_len(&self) -> u64 {
        if self.is_wide() { 24 } else { 16 }
    }

    /// Bytes in the directory, for an entry that begins at `offset`.
    pub(super) fn central_len(&self, offset: u64) -> u64 {
        let wide = wide_len(self.is_wide(), offset);
        46 + self.name.len() as u64 + self.stamp_len() + if wide > 0 { 4 + wide } else { 0 }
    }

    /// The local header (4.3.7): checksum and lengths are zero, as bit 3 has it. A length that needs 64 bits is
    /// announced by its extra field, which must be there for the descriptor to have wide fields.
    pub(super) fn local(&self, out: &mut Vec<u8>) {
        let is_wide = self.is_wide();
        let len = if is_wide { ELSEWHERE } else { 0 };
        put32(out, 0x0403_4b50);
        put16(out, if is_wide { WIDE } else { PLAIN });
        self.common(out, 0, len, self.stamp_len() + if is_wide { 20 } else { 0 });
        out.extend_from_slice(self.name.as_bytes());
        if is_wide {
            put16(out, 1);
            put16(out, 16);
            put64(out, 0);
            put64(out, 0);
        }
        self.stamp(out);
    }

    /// The data descriptor (4.3.9), with the signature that most readers look for.
    pub(super) fn descriptor(&self, crc: u32, out: &mut Vec<u8>) {
        put32(out, 0x0807_4b50);
        put32(out, crc);
        for _ in ["compressed", "uncompressed"] {
            match self.narrow_len() {
                Some(len) => put32(out, len),
                None => put64(out, self.len),
            }
        }
    }

    /// The header in the directory (4.3.12).
    pub(super) fn central(&self, crc: u32, offset: u64, out: &mut Vec<u8>) {
        let wide = wide_len(self.is_wide(), offset);
        put32(out, 0x0201_4b50);
        put16(out, MADE_BY);
        put16(out, if wide > 0 { WIDE } else { PLAIN });
        let extra = self.stamp_len() + if wide > 0 { 4 + wide } else { 0 };
        self.common(out, crc, self.narrow_len().unwrap_or(ELSEWHERE), extra);
        // No comment, disk 0, no attributes of the content.
        out.extend_from_slice(&[0; 6]);
        put32(out, RIGHTS);
        put32(out, narrow(offset).unwrap_or(ELSEWHERE));
        out.extend_from_slice(self.name.as_bytes());
        if wide > 0 {
            put16(out, 1);
            put16(out, wide as u16);
            if self.is_wide() {
                put64(out, self.len);
                put64(out, self.len);
            }
            if narrow(offset).is_none() {
                put64(out, offset);
            }
        }
        self.stamp(out);
    }

    /// What both headers have in the same order: flags, method, times, checksum, lengths, lengths of name and extra.
    fn common(&self, out: &mut Vec<u8>, crc: u32, len: u32, extra: u64) {
        put16(out, FLAGS);
        put16(out, 0); // stored as it is
        put32(out, times::dos(self.modified_ms));
        put32(out, crc);
        put32(out, len);
        put32(out, len);
        // At most 64 components of 255 bytes, and 41 bytes of extra fields.
        put16(out, self.name.len() as u16);
        put16(out, extra as u16);
    }

    /// The extra field 0x5455, with the time of change only: the same in both headers.
    fn stamp(&self, out: &mut Vec<u8>) {
        if let Some(seconds) = times::unix_seconds(self.modified_ms) {
            put16(out, 0x5455);
            put16(out, 5);
            out.push(1);
            out.extend_from_slice(&seconds.to_le_bytes());
        }
    }

    fn narrow_len(&self) -> Option<u32> {
        narrow(self.len)
    }
}

/// Bytes of the wide fields that an entry of the directory needs.
const fn wide_len(is_wide: bool, offset: u64) -> u64 {
    let lens = if is_wide { 16 } else { 0 };
    lens + if offset >= ELSEWHERE as u64 { 8 } else { 0 }
}

/// The directory: how many entries, where, how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory {
    pub(super) entries: u64,
    pub(super) offset: u64,
    pub(super) len: u64,
}

impl Directory {
    const fn is_wide(self) -> bool {
        self.entries >= ELSEWHERE_16 as u64 || self.offset >= ELSEWHERE as u64 || self.len >= ELSEWHERE as u64
    }

    /// Bytes behind the directory.
    pub(super) const fn end_len(self) -> u64 {
        22 + if self.is_wide() { 56 + 20 } else { 0 }
    }

    /// The end of an archive: wide end record and its locator (4.3.14, 4.3.15) where needed, the end record (4.3.16).
    pub(super) fn end(self, out: &mut Vec<u8>) {
        if self.is_wide() {
            put32(out, 0x0606_4b50);
            put64(out, 44); // bytes that follow in this record
            put16(out, MADE_BY);
            put16(out, WIDE);
            put64(out, 0); // this disk, and the directory's
            put64(out, self.entries);
            put64(out, self.entries);
            put64(out, self.len);
            put64(out, self.offset);
            put32(out, 0x0706_4b50);
            put32(out, 0);
            put64(out, self.offset + self.len);
            put32(out, 1);
        }
        put32(out, 0x0605_4b50);
        put32(out, 0);
        let entries = u16::try_from(self.entries).unwrap_or(ELSEWHERE_16);
        put16(out, entries);
        put16(out, entries);
        put32(out, narrow(self.len).unwrap_or(ELSEWHERE));
        put32(out, narrow(self.offset).unwrap_or(ELSEWHERE));
        put16(out, 0);
    }
}

/// A value, if 32 bits can hold it and it is not the one that means "elsewhere".
fn narrow(value: u64) -> Option<u32> {
    u32::try_from(value).ok().filter(|value| *value != ELSEWHERE)
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EDGE: u64 = ELSEWHERE as u64;

    proptest! {
        #[test]
        fn records_are_as_long_as_foretold(
            name in "[a-zäक]{1,40}",
            len in prop_oneof![0..100_u64, EDGE - 2..EDGE + 2, any::<u32>().prop_map(|more| EDGE + u64::from(more))],
            offset in prop_oneof![0..100_u64, EDGE - 2..EDGE + 2],
            modified_ms in proptest::option::of(any::<u64>()),
            entries in prop_oneof![0..9_u64, 65_533..65_537_u64],
        ) {
            let entry = Entry { file: 0, name, len, modified_ms };
            let mut out = Vec::new();
            entry.local(&mut out);
            prop_assert_eq!(out.len() as u64, entry.local_len());
            // The name and the extra fields are what the header says.
            let extra = u16::from_le_bytes([out[28], out[29]]);
            prop_assert_eq!(30 + entry.name.len() + usize::from(extra), out.len());
            out.clear();
            entry.descriptor(7, &mut out);
            prop_assert_eq!(out.len() as u64, entry.descriptor_len());
            out.clear();
            entry.central(7, offset, &mut out);
            prop_assert_eq!(out.len() as u64, entry.central_len(offset));
            let extra = u16::from_le_bytes([out[30], out[31]]);
            prop_assert_eq!(46 + entry.name.len() + usize::from(extra), out.len());
            out.clear();
            let directory = Directory { entries, offset, len };
            directory.end(&mut out);
            prop_assert_eq!(out.len() as u64, directory.end_len());
        }
    }

    #[test]
    fn d12_the_value_that_means_elsewhere_is_never_a_value() {
        for (entries, offset, len, wide) in [
            (65_534, EDGE - 1, EDGE - 1, false),
            (65_535, 0, 0, true),
            (1, EDGE, 0, true),
            (1, 0, EDGE, true),
        ] {
            assert_eq!(
                Directory { entries, offset, len }.is_wide(),
                wide,
                "{entries} {offset} {len}"
            );
        }
        let header = |len| {
            let mut out = Vec::new();
            let name = "a".to_owned();
            let entry = Entry {
                file: 0,
                name,
                len,
                modified_ms: None,
            };
            entry.local(&mut out);
            (out[4], out[28], entry.descriptor_len())
        };
        assert_eq!(header(EDGE - 1), (20, 0, 16));
        assert_eq!(header(EDGE), (45, 20, 24));
        assert_eq!(wide_len(false, EDGE - 1), 0);
        assert_eq!(wide_len(false, EDGE), 8);
        assert_eq!(wide_len(true, EDGE), 24);
    }
}
