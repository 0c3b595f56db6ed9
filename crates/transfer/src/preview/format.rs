//! What a file may be shown as: an allow-list, asked twice. The name decides what is offered, the first bytes decide what
//! is rendered, and both must say the same: a lying name or content loses its preview and gains nothing.
//!
//! Signatures: the specifications of PNG, GIF, RIFF, Matroska, Ogg and FLAC, ISO/IEC 14496-12 (`ftyp`), ITU-T T.81, ISO/IEC
//! 11172-3 (frame header) and id3.org.

use sealdrop_model::PreviewRefusal;

use super::pixels::pixels;

/// Bytes of an image at most: it is in memory as a whole.
const IMAGE_CAP: u64 = 64 << 20;
/// Pixels of an image at most; decoded, each takes 4 bytes.
const PIXEL_CAP: u64 = 100_000_000;
/// A JPEG says its size behind whatever its camera put in front. One that does not within its first bytes is shown up to
/// this length.
const UNMEASURED_CAP: u64 = 8 << 20;

/// What a preview is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// A film.
    Video,
    /// Letters: text nodes, never markup.
    Text,
}

/// What a file is, by name and content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewFormat {
    /// What shows it.
    pub medium: Medium,
    /// Its media type, one of a closed list.
    pub mime: &'static str,
}

const IMAGES: [&str; 7] = ["png", "jpg", "jpeg", "gif", "webp", "avif", "jfif"];
const SOUNDS: [&str; 8] = ["mp3", "m4a", "ogg", "oga", "opus", "wav", "flac", "m4b"];
const FILMS: [&str; 4] = ["mp4", "m4v", "webm", "mov"];
const TEXTS: [&str; 62] = [
    "txt", "text", "md", "markdown", "csv", "tsv", "json", "jsonl", "ndjson", "log", "xml", "svg", "html", "htm",
    "css", "js", "mjs", "cjs", "ts", "tsx", "jsx", "vue", "rs", "py", "rb", "go", "java", "kt", "swift", "c", "h",
    "cc", "cpp", "hpp", "cs", "php", "pl", "lua", "r", "sql", "sh", "bash", "zsh", "ps1", "bat", "toml", "yaml", "yml",
    "ini", "conf", "cfg", "env", "diff", "patch", "tex", "bib", "srt", "vtt", "rst", "adoc", "org", "gpx",
];
/// Names without an extension that are known to be text.
const NAMES: [&str; 8] = [
    "readme",
    "license",
    "copying",
    "changelog",
    "authors",
    "makefile",
    "dockerfile",
    ".gitignore",
];

/// What a file of this name would be shown in, if its content agrees.
#[must_use]
pub fn medium_of(path: &str) -> Option<Medium> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if NAMES.contains(&name.as_str()) {
        return Some(Medium::Text);
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let is = |list: &[&str]| !stem.is_empty() && list.contains(&extension);
    if is(&IMAGES) {
        Some(Medium::Image)
    } else if is(&SOUNDS) {
        Some(Medium::Audio)
    } else if is(&FILMS) {
        Some(Medium::Video)
    } else if is(&TEXTS) {
        Some(Medium::Text)
    } else {
        None
    }
}

/// Decides what a file of this name, length and beginning is shown as. `head` is its first 64 KiB, or all of it.
///
/// # Errors
/// [`PreviewRefusal`].
pub fn judge(path: &str, len: u64, head: &[u8]) -> Result<PreviewFormat, PreviewRefusal> {
    let medium = medium_of(path).ok_or(PreviewRefusal::Unsupported)?;
    if len == 0 {
        return Err(PreviewRefusal::Empty);
    }
    let mime = match medium {
        Medium::Image => image(head),
        Medium::Audio => sound(head),
        Medium::Video => film(head),
        Medium::Text => is_text(head, len).then_some("text/plain"),
    };
    let mime = mime.ok_or(PreviewRefusal::NotAsNamed)?;
    if medium == Medium::Image {
        let fits = match pixels(mime, head) {
            Some(pixels) => pixels <= PIXEL_CAP,
            None => mime == "image/jpeg" && len <= UNMEASURED_CAP,
        };
        if len > IMAGE_CAP || !fits {
            return Err(PreviewRefusal::TooLarge);
        }
    }
    Ok(PreviewFormat { medium, mime })
}

fn image(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if head.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some("image/gif")
    } else if is_riff(head, b"WEBP") {
        Some("image/webp")
    } else if brands(head).any(|brand| brand == b"avif" || brand == b"avis") {
        Some("image/avif")
    } else {
        None
    }
}

fn sound(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"ID3") || is_mpeg_audio(head) {
        Some("audio/mpeg")
    } else if head.starts_with(b"OggS") {
        Some("audio/ogg")
    } else if is_riff(head, b"WAVE") {
        Some("audio/wav")
    } else if head.starts_with(b"fLaC") {
        Some("audio/flac")
    } else if brands(head).any(|brand| matches!(brand, b"M4A " | b"M4B " | b"isom" | b"mp42" | b"mp41")) {
        Some("audio/mp4")
    } else {
        None
    }
}

fn film(head: &[u8]) -> Option<&'static str> {
    let is_webm = head.starts_with(b"\x1a\x45\xdf\xa3")
        && head
            .iter()
            .take(64)
            .copied()
            .collect::<Vec<_>>()
            .windows(4)
            .any(|at| at == b"webm");
    let is_picture = image(head).is_some();
    if is_webm {
        Some("video/webm")
    } else if brands(head).next().is_some() && !is_picture {
        // QuickTime is the same container: what is in it decides whether a browser plays it.
        Some("video/mp4")
    } else {
        None
    }
}

fn is_riff(head: &[u8], form: &[u8; 4]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..12) == Some(form.as_slice())
}

/// The brands of a file of ISO's base media format; none if it is not one.
fn brands(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let len = head.first_chunk().map_or(0, |len| u32::from_be_bytes(*len) as usize);
    let is = head.get(4..8) == Some(b"ftyp") && (16..=1024).contains(&len) && len <= head.len();
    let all = if is { &head[8..len] } else { &[] };
    // Behind the major brand stands its version, which is no brand.
    all.chunks_exact(4)
        .enumerate()
        .filter(|(at, _)| *at != 1)
        .map(|(_, brand)| brand)
}

/// A frame of MPEG-1 or 2, layer III, with a bit rate and a sampling rate that exist.
fn is_mpeg_audio(head: &[u8]) -> bool {
    let Some([first, second, third]) = head.first_chunk() else {
        return false;
    };
    *first == 0xff
        && matches!(second & 0xfe, 0xfa | 0xf2 | 0xe2)
        && !matches!(third >> 4, 0 | 15)
        && third & 0x0c != 0x0c
}

/// UTF-8 without control characters but those that lay text out.
fn is_text(head: &[u8], len: u64) -> bool {
    let text = match core::str::from_utf8(head) {
        Ok(text) => text,
        // A letter that was cut in two.
        Err(cut) if cut.error_len().is_none() && (head.len() as u64) < len => {
            core::str::from_utf8(&head[..cut.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text
        .chars()
        .any(|c| (c < ' ' && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b')) || c == '\x7f')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\0\0\0\x01\0\x08\x06\0\0\0";

    fn judged(path: &str, head: &[u8]) -> Result<&'static str, PreviewRefusal> {
        judge(path, head.len() as u64, head).map(|format| format.mime)
    }

    #[test]
    fn name_and_content_agree_or_nothing_is_shown() {
        assert_eq!(judged("a/B.PNG", PNG), Ok("image/png"));
        assert_eq!(judged("b.wav", b"RIFF\x24\0\0\0WAVEfmt "), Ok("audio/wav"));
        assert_eq!(judged("b.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), Ok("video/mp4"));
        assert_eq!(
            judged("b.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"),
            Ok("video/webm")
        );
        assert_eq!(judged("b.mp3", b"\xff\xfb\x90\x64"), Ok("audio/mpeg"));
        assert_eq!(judged("b.md", "# Überschrift\n".as_bytes()), Ok("text/plain"));
    }

    #[test]
    fn d11_a_lying_name_or_content_is_not_shown() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        for (path, head) in [
            ("a.png", svg.as_slice()),
            ("a.jpg", PNG.split_at(4).0),
            ("a.mp4", b"<html><script>alert(1)</script>"),
            ("a.mp4", b"\0\0\0\x14ftypavif\0\0\0\0avif"),
            ("a.wav", PNG),
            ("a.txt", PNG),
            ("a.txt", b"\xff\xfet\0e\0x\0t\0"),
            ("a.md", b"text\0"),
        ] {
            assert_eq!(judged(path, head), Err(PreviewRefusal::NotAsNamed), "{path}");
        }
        for path in [
            "a.pdf", "a.exe", "a.zip", "a", ".png", "a.svgz", "png", "a.docx", "a.png/",
        ] {
            assert_eq!(judged(path, PNG), Err(PreviewRefusal::Unsupported), "{path}");
        }
        // Markup is text, whatever it would do as a page.
        assert_eq!(judged("a.svg", svg), Ok("text/plain"));
        assert_eq!(judged("a.html", b"<script>alert(1)</script>"), Ok("text/plain"));
    }

    #[test]
    fn pictures_have_bounds() {
        assert_eq!(judge("a.png", IMAGE_CAP + 1, PNG), Err(PreviewRefusal::TooLarge));
        let mut wide = PNG.to_vec();
        wide[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
        assert_eq!(judged("a.png", &wide), Err(PreviewRefusal::TooLarge), "16384 × 16384");
        assert_eq!(judged("a.png", &PNG[..12]), Err(PreviewRefusal::TooLarge), "no size");
        assert_eq!(judge("a.txt", 0, b""), Err(PreviewRefusal::Empty));
    }

    #[test]
    fn a_letter_that_is_cut_is_still_text() {
        let head = &"ä".as_bytes()[..1];
        assert!(judge("a.txt", 2, head).is_ok());
        assert_eq!(judge("a.txt", 1, head), Err(PreviewRefusal::NotAsNamed));
    }
}
