//! The configuration reference and an example of `.env`, made from the variables themselves.

use std::fmt::Write as _;

use super::{ENV_FILE, SECTIONS, variable::Variable};

/// How to make the page again.
pub const REGENERATE: &str = "cargo run -p sealdrop-server -- docs configuration > docs/reference/configuration.md";

/// How to make the example again.
pub const REGENERATE_ENV: &str = "cargo run -p sealdrop-server -- docs env > .env.example";

/// The longest line of the example, in characters.
const LINE: usize = 120;

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

/// Every setting but the one that names this file, with its default, commented out.
#[must_use]
pub fn example_env_file() -> String {
    let mut file = format!(
        "# Settings of sealdrop-server. Copy this file to `.env` in the server's working folder, or give its path to a\n\
         # service manager or a container, and take the `#` off what you set. Nothing has to be set. A setting that is\n\
         # marked as secret may come from a file: set the same name with `_FILE` behind it to the file's path.\n\
         # Generated: {REGENERATE_ENV}\n"
    );
    for section in SECTIONS {
        let _ = writeln!(file, "\n## {}", section.title);
        let in_file = |variable: &&&Variable| variable.name != ENV_FILE.name;
        for variable in section.variables.iter().filter(in_file) {
            let secret = if variable.secret { " Secret." } else { "" };
            let _ = write!(file, "\n{}", comment(&format!("{}{secret}", variable.about)));
            let _ = writeln!(file, "#{}={}", variable.name, variable.default);
        }
    }
    file
}

/// Text as lines of a comment.
fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > LINE {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, env_file::read_env_file};

    fn read(text: &str) -> std::io::Result<Vec<(String, String)>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(".env");
        std::fs::write(&path, text)?;
        let (values, problems) = read_env_file(&path);
        assert_eq!(problems, [] as [&str; 0]);
        Ok(values.into_iter().collect())
    }

    #[test]
    fn the_example_sets_nothing_and_its_defaults_are_the_defaults() -> std::io::Result<()> {
        let example = example_env_file();
        assert_eq!(read(&example)?, []);
        let is_setting = |line: &&str| line.starts_with('#') && !line.starts_with("# ") && !line.starts_with("##");
        let lines: Vec<&str> = example.lines().filter(is_setting).map(|line| &line[1..]).collect();
        let known = SECTIONS.iter().map(|section| section.variables.len()).sum::<usize>();
        assert_eq!(lines.len(), known - 1, "all but {}", ENV_FILE.name);
        let (with_default, without): (Vec<&str>, Vec<&str>) = lines.iter().partition(|line| !line.ends_with('='));
        assert!(!without.is_empty());
        let pairs = read(&with_default.join("\n"))?;
        assert_eq!(pairs.len(), with_default.len());
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        let config = Config::read(crate::config::Reader::of(&pairs));
        assert!(config.is_ok_and(|config| config.unknown.is_empty()));
        assert!(example.lines().all(|line| line.chars().count() <= LINE));
        Ok(())
    }
}
