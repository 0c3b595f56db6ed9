//! File names as they may be shown: what could deceive is made visible, and the end that says what a file is never goes
//! missing.

/// A stem longer than this is cut in the middle when there is no room.
const LONG_STEM: usize = 24;
/// So many letters of a long stem stay with the extension.
const KEPT: usize = 8;

/// A name in two parts: the first may be cut short, the second stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SplitName {
    pub(crate) stem: String,
    pub(crate) tail: String,
}

/// Makes everything visible that reorders, hides or breaks a line: control characters, direction overrides and isolates,
/// zero-width spaces, tags. Joiners stay, because emoji and several scripts are written with them.
pub(crate) fn visible(text: &str) -> String {
    escape(text, |_| false)
}

/// The same for a note, whose lines and tabs are its author's.
pub(crate) fn visible_lines(text: &str) -> String {
    escape(text, |c| matches!(c, '\n' | '\t'))
}

fn escape(text: &str, spared: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if deceives(c) && !spared(c) {
            out.push_str(&format!("⟪U+{:04X}⟫", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The folder of a path, without its last segment; empty at the top.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last segment of a path.
pub(crate) fn file(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The first of `text.txt`, `text 2.txt`, `text 3.txt` and so on that is not taken.
pub(crate) fn unused(stem: &str, extension: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: usize| format!("{stem} {number}{extension}"));
    let mut all = std::iter::once(format!("{stem}{extension}")).chain(numbered);
    all.find(|name| !is_taken(name)).unwrap_or_default()
}

/// Splits a file name for a line that may be too short for it. The name comes back visible.
pub(crate) fn split(name: &str) -> SplitName {
    let (stem, extension) = extension(name);
    let (stem, extension) = (visible(stem), visible(extension));
    let count = stem.chars().count();
    // A cut inside right-to-left text would put both halves in the wrong order.
    if count <= LONG_STEM || stem.chars().any(right_to_left) {
        return SplitName { stem, tail: extension };
    }
    let mut cut = stem.char_indices().nth(count - KEPT).map_or(stem.len(), |(at, _)| at);
    while cut > 0 && joined(&stem, cut) {
        cut = stem[..cut].char_indices().next_back().map_or(0, |(at, _)| at);
    }
    SplitName {
        tail: format!("{}{extension}", &stem[cut..]),
        stem: stem[..cut].to_owned(),
    }
}

/// The file type as people write it: the extension in capitals, without its dot. Empty where there is none.
pub(crate) fn kind(name: &str) -> String {
    extension(name).1.trim_start_matches('.').to_ascii_uppercase()
}

/// Stem and extension with its dot; `.tar.gz` is one extension, `.keep` is none.
fn extension(name: &str) -> (&str, &str) {
    let fits = |text: &str| (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    match name.rfind('.') {
        Some(dot) if dot > 0 && fits(&name[dot + 1..]) => {
            let inner = name[..dot]
                .strip_suffix(".tar")
                .filter(|stem| !stem.is_empty())
                .map_or(dot, str::len);
            name.split_at(inner)
        }
        _ => (name, ""),
    }
}

/// Whether a cut here would separate what is drawn as one: combining marks, joiners, variation selectors, skin tones.
fn joined(text: &str, at: usize) -> bool {
    let next = text[at..].chars().next();
    let before = text[..at].chars().next_back();
    before == Some('\u{200d}')
        || next.is_some_and(|c| {
            matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}'
                | '\u{1ab0}'..='\u{1aff}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
                | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}')
        })
}

fn right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> (String, String) {
        let SplitName { stem, tail } = split(name);
        (stem, tail)
    }

    #[test]
    fn a_type_is_what_the_end_of_a_name_says() {
        assert_eq!(kind("Minutes of May.pdf"), "PDF");
        assert_eq!(kind("samples.tar.gz"), "TAR.GZ");
        assert_eq!((kind(".keep"), kind("no ending")), (String::new(), String::new()));
    }

    #[test]
    fn names_that_are_taken_are_numbered() {
        let taken = ["text.txt", "text 2.txt"];
        assert_eq!(unused("text", ".txt", |name| taken.contains(&name)), "text 3.txt");
        assert_eq!(unused("text", ".txt", |_| false), "text.txt");
    }

    #[test]
    fn the_extension_stays() {
        for (name, stem, tail) in [
            ("plan.dwg", "plan", ".dwg"),
            ("handover.tar.zst", "handover", ".tar.zst"),
            (".tar.gz", ".tar", ".gz"),
            (".keep", ".keep", ""),
            ("README", "README", ""),
            ("a.not an extension", "a.not an extension", ""),
            (
                "Walkthrough with client comments.mp4",
                "Walkthrough with client ",
                "comments.mp4",
            ),
            (
                "עקד הדירה הסופי עם כל הנספחים.pdf",
                "עקד הדירה הסופי עם כל הנספחים",
                ".pdf",
            ),
        ] {
            assert_eq!(parts(name), (stem.to_owned(), tail.to_owned()), "{name}");
        }
    }

    #[test]
    fn nothing_is_lost_and_nothing_torn() {
        let family = "👨‍👩‍👧‍👦".repeat(9);
        let accents = "e\u{301}".repeat(30);
        for name in [
            family.as_str(),
            accents.as_str(),
            "x".repeat(300).as_str(),
            "",
            ".",
            "..",
            "日本語の長い長い長い長い長い長い長いファイル名前です.txt",
        ] {
            let SplitName { stem, tail } = split(name);
            assert_eq!(format!("{stem}{tail}"), name);
            assert!(!tail.starts_with(['\u{301}', '\u{200d}']), "{name}");
        }
    }

    #[test]
    fn b11_what_deceives_is_seen() {
        assert_eq!(visible("invoice\u{202e}fdp.exe"), "invoice⟪U+202E⟫fdp.exe");
        assert_eq!(visible("a\u{0}\n\u{7f}\u{85}"), "a⟪U+0000⟫⟪U+000A⟫⟪U+007F⟫⟪U+0085⟫");
        assert_eq!(
            visible("a\u{200b}\u{feff}\u{2066}\u{e0041}"),
            "a⟪U+200B⟫⟪U+FEFF⟫⟪U+2066⟫⟪U+E0041⟫"
        );
        assert_eq!(visible("می\u{200c}خواهم 👩\u{200d}🚀"), "می\u{200c}خواهم 👩\u{200d}🚀");
        assert_eq!(visible_lines("one\n\ttwo\u{202e}"), "one\n\ttwo⟪U+202E⟫");
        assert_eq!(parts("photo\u{202e}gpj.exe").1, ".exe");
    }

    #[test]
    fn paths_come_apart() {
        assert_eq!((folder("a/b/c.txt"), file("a/b/c.txt")), ("a/b", "c.txt"));
        assert_eq!((folder("c.txt"), file("c.txt")), ("", "c.txt"));
    }
}
