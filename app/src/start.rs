//! The script that starts the program, or says why it does not start. Rendered on the server only.

use crate::messages::Messages;

const SCRIPT: &str = include_str!("start.js");

/// The text of the script: the same on every page and every server, so that its hash stands in the manifest of a release.
pub(crate) fn start_script() -> String {
    let lines = SCRIPT.lines().map(str::trim);
    let code: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect();
    code.join("\n")
}

/// What the script says, as JSON; `is_link` for the pages of links, whose readers also ask what happened to their link.
pub(crate) fn start_words(m: &Messages, is_link: bool) -> String {
    let kept = if is_link { m.start_link_kept } else { "" };
    let told = |name: &str, [title, text]: [&str; 2], more: &str| {
        let text = format!("{text} {more}");
        format!("{name:?}:[{title:?},{:?}]", text.trim_end())
    };
    format!(
        "{{{},{},{},{},{},\"reload\":{:?}}}",
        told("wasm", m.start_wasm, kept),
        told("load", m.start_load, kept),
        told("run", m.start_run, kept),
        told("slow", m.start_slow, kept),
        told("stopped", m.start_stopped, ""),
        m.start_reload,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::t;

    #[test]
    fn x04_the_script_carries_no_words_and_ends_no_element() {
        let script = start_script();
        assert!(script.starts_with("(function () {") && script.ends_with("})();"));
        assert!(
            !script.contains("</script") && !script.contains("<!--"),
            "it would end early"
        );
        assert!(!script.contains(t().start_wasm[0]));
    }

    #[test]
    fn x04_the_words_are_json() {
        for is_link in [false, true] {
            let words = start_words(t(), is_link);
            assert!(words.starts_with("{\"wasm\":[\"") && words.ends_with("\"}"), "{words}");
            assert!(words.contains(t().start_wasm[0]));
            assert_eq!(words.matches(t().start_link_kept).count(), if is_link { 4 } else { 0 });
            // Debug output is JSON as long as nothing needs more than a backslash before a quote.
            assert!(!words.contains("\\u{") && !words.contains("\\'"), "{words}");
        }
    }
}
