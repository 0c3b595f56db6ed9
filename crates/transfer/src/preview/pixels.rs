//! How many pixels a picture says that it has, before anything decodes it.

/// Width times height; `None` if the beginning does not tell.
pub(super) fn pixels(mime: &str, head: &[u8]) -> Option<u64> {
    let (width, height) = match mime {
        "image/png" => (be32(head, 16)?, be32(head, 20)?),
        "image/gif" => (le16(head, 6)?, le16(head, 8)?),
        "image/webp" => webp(head)?,
        "image/jpeg" => jpeg(head)?,
        "image/avif" => avif(head)?,
        _ => return None,
    };
    Some(u64::from(width) * u64::from(height))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)))
}

/// RFC 9649: the extended, the lossless and the lossy beginning.
fn webp(head: &[u8]) -> Option<(u32, u32)> {
    let le24 = |at: usize| Some(le16(head, at)? | u32::from(*head.get(at + 2)?) << 16);
    match head.get(12..16)? {
        b"VP8X" => Some((le24(24)? + 1, le24(27)? + 1)),
        b"VP8L" => {
            let bits = u32::from_le_bytes(*head.get(21..)?.first_chunk()?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => Some((le16(head, 26)? & 0x3fff, le16(head, 28)? & 0x3fff)),
        _ => None,
    }
}

/// Walks the segments up to the first frame header (ITU-T T.81, B.2.2).
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *head.get(at)? != 0xff {
            return None;
        }
        match *head.get(at + 1)? {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((be16(head, at + 7)?, be16(head, at + 5)?));
            }
            _ => at += 2 + be16(head, at + 2)? as usize,
        }
    }
}

/// The largest of the `ispe` boxes: of the picture, or of one of its tiles and of the whole (ISO/IEC 23008-12, 6.5.3).
fn avif(head: &[u8]) -> Option<(u32, u32)> {
    let sizes = head.windows(4).enumerate().filter(|(_, at)| *at == b"ispe");
    sizes
        .filter_map(|(at, _)| Some((be32(head, at + 8)?, be32(head, at + 12)?)))
        .max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_where_they_stand() {
        assert_eq!(pixels("image/gif", b"GIF89a\x0a\0\x03\0"), Some(30));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04xx\xff\xff\xc2\0\x11\x08\0\x03\0\x0a\x03";
        assert_eq!(pixels("image/jpeg", jpeg), Some(30));
        assert_eq!(pixels("image/jpeg", &jpeg[..10]), None);
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x09\x80\0\0";
        assert_eq!(pixels("image/webp", lossless), Some(30));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x09\0\0\x02\0\0";
        assert_eq!(pixels("image/webp", extended), Some(30));
        let avif = b"....ispe\0\0\0\0\0\0\0\x0a\0\0\0\x03....ispe\0\0\0\0\0\0\0\x01\0\0\0\x01";
        assert_eq!(pixels("image/avif", avif), Some(30));
        assert_eq!(pixels("image/avif", b"ftypavif"), None);
    }
}
