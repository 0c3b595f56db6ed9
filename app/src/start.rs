//! The script that starts the program, or says why it does not start. Rendered on the server only.

use crate::messages::Messages;

const SCRIPT: &str = include_str!("start.js");

/// The text of the script for a page; `is_link` for the pages of links, whose readers also ask what became of their link.
pub(crate) fn start_script(m: &Messages, is_link: bool) -> String {
    let lines = SCRIPT.lines().map(str::trim);
    let code: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect();
    let kept = if is_link { m.start_link_kept } else { "" };
    let told = |name: &str, [title, text]: [&str; 2], more: &str| {
        let text = format!("{text} {more}");
        format!("{name}:[{title:?},{:?}]", text.trim_end())
    };
    format!(
        "{}({{{},{},{},{},{},reload:{:?}}})",
        code.join("\n"),
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
    fn x04_the_script_carries_its_words_and_ends_no_element() {
        for is_link in [false, true] {
            let script = start_script(t(), is_link);
            assert!(script.contains(t().start_wasm[0]) && script.ends_with("})"));
            assert_eq!(script.matches(t().start_link_kept).count(), if is_link { 4 } else { 0 });
            // Debug output is JavaScript as long as nothing needs more than a backslash before a quote.
            assert!(
                !script.contains("</") || !script.contains("</script"),
                "it would end early"
            );
            assert!(!script.contains("\\u{"), "{script}");
        }
    }
}
