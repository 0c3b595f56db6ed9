//! A file of `NAME=value` lines. What stands there is what is meant: nothing is expanded, and no folder above is searched.

use std::{collections::BTreeMap, fs, io, path::Path};

use super::variable::Variable;

pub(crate) static ENV_FILE: Variable = Variable {
    name: "SEALDROP_ENV_FILE",
    default: ".env",
    secret: false,
    about: "File of `NAME=value` lines that are read under the environment; only set in the environment itself. Unset: `.env` in the working folder, if it is there. Folders above are not searched, and `$` means itself.",
};

/// What a file says, and what is wrong with it. Problems quote no line: it may hold a secret.
pub(super) fn read_env_file(path: &Path) -> (BTreeMap<String, String>, Vec<String>) {
    let shown = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return (BTreeMap::new(), vec![format!("{shown} is not text")]);
        }
        Err(error) => return (BTreeMap::new(), vec![format!("{shown} cannot be read: {error}")]),
    };
    let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match pair(line) {
            Some((name, value)) => drop(values.insert(name, value)),
            None => problems.push(format!("{shown}: line {} is not NAME=value", n + 1)),
        }
    }
    (values, problems)
}

fn pair(line: &str) -> Option<(String, String)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    Some((name.to_owned(), unquoted(value.trim())?))
}

/// Quotes around a value go, and in double quotes a backslash takes the next character as it is. A `#` behind white space
/// begins a comment.
fn unquoted(value: &str) -> Option<String> {
    let (text, behind) = match value.chars().next() {
        Some('\'') => value[1..]
            .split_once('\'')
            .map(|(text, behind)| (text.to_owned(), behind))?,
        Some('"') => escaped(&value[1..])?,
        _ => {
            let is_comment = |&(at, _): &(usize, &str)| at == 0 || value[..at].ends_with([' ', '\t']);
            let end = value
                .match_indices('#')
                .find(is_comment)
                .map_or(value.len(), |(at, _)| at);
            return Some(value[..end].trim_end().to_owned());
        }
    };
    let behind = behind.trim_start();
    (behind.is_empty() || behind.starts_with('#')).then_some(text)
}

fn escaped(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((text, &quoted[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(".env");
        fs::write(&path, text).expect("written");
        read_env_file(&path)
    }

    #[test]
    fn x44_what_stands_there_is_what_is_meant() {
        let (values, problems) = read(
            "# a comment\n\nA=$HOME/${X}\nexport B = 'p$a\\b#c' # why\nC=\"q\\\"$r\\\\s\"\nD=a#b #c\nE=\nF=x=y\r\nG=pa$$word\n",
        );
        assert_eq!(problems, [] as [&str; 0]);
        for (name, value) in [
            ("A", "$HOME/${X}"),
            ("B", "p$a\\b#c"),
            ("C", "q\"$r\\s"),
            ("D", "a#b"),
            ("E", ""),
            ("F", "x=y"),
            ("G", "pa$$word"),
        ] {
            assert_eq!(values.get(name).map(String::as_str), Some(value), "{name}");
        }
    }

    #[test]
    fn x44_what_is_no_line_is_told_and_not_quoted() {
        let (_, problems) = read("OK=1\nhunter2\nX='hunter2\nY=\"hunter2\" hunter2\n=hunter2\n");
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(
            problems[0].contains("line 2") && !problems.concat().contains("hunter2"),
            "{problems:?}"
        );
    }
}
