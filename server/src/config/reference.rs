//! The configuration reference, made from the variables themselves.

use std::fmt::Write as _;

use super::SECTIONS;

/// How to make the page again.
pub const REGENERATE: &str = "cargo run -p sealdrop-server -- docs configuration > docs/reference/configuration.md";

/// The page as Markdown.
#[must_use]
pub fn configuration_reference() -> String {
    let mut page = format!(
        "# Configuration\n\n<!-- Generated: {REGENERATE} -->\n\n\
         `sealdrop-server` runs with nothing set. It reads environment variables, and under them a file `.env` in its\n\
         working folder (`NAME=value` lines, taken as they stand). A variable that is marked *secret* may also come from a file: set the same\n\
         name with `_FILE` behind it to the file's path. A variable that is set must have a value that can be used: an empty\n\
         one is a problem, not the default. All problems of a configuration are reported together at the start;\n\
         `sealdrop-server doctor` checks them, and what they point at, without serving.\n"
    );
    for section in SECTIONS {
        let _ = write!(
            page,
            "\n## {}\n\n| Variable | Default | Meaning |\n|---|---|---|\n",
            section.title
        );
        for variable in section.variables {
            let default = if variable.default.is_empty() {
                "–".to_owned()
            } else {
                format!("`{}`", variable.default)
            };
            let secret = if variable.secret { " *Secret.*" } else { "" };
            let _ = writeln!(page, "| `{}` | {default} | {}{secret} |", variable.name, variable.about);
        }
    }
    page
}
