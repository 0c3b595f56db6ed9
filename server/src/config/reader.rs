//! Reads variables by their description and gathers what is wrong with them.

use std::{collections::BTreeMap, ffi::OsString, fs, path::PathBuf, str::FromStr};

use super::{ConfigProblems, ENV_FILE, SECTIONS, env_file::read_env_file, secret::SecretText};

/// A setting: its name, its default (empty: none) and what it is for.
#[derive(Debug)]
pub struct Variable {
    /// Name in the environment.
    pub name: &'static str,
    /// What holds when it is not set; empty when that is decided elsewhere.
    pub default: &'static str,
    /// Whether it has a `_FILE` twin and is never shown.
    pub secret: bool,
    /// One sentence for the operator.
    pub about: &'static str,
}

/// Settings of other programs of this project, which share the prefix.
const OTHERS: &[&str] = &[
    "SEALDROP_SERVER",
    "SEALDROP_PASSWORD",
    "SEALDROP_STATE",
    "SEALDROP_EMBED_SITE",
];

/// How the names of our own settings start.
const PREFIX: &str = "SEALDROP_";

/// Whether a name is that of a setting, or of the file of a secret one.
fn is_known(name: &str) -> bool {
    let mut variables = SECTIONS.iter().flat_map(|section| section.variables);
    variables.any(|one| name == one.name || (one.secret && name.strip_suffix("_FILE") == Some(one.name)))
}

/// Values by name, and the problems found so far.
#[derive(Default)]
pub struct Reader {
    values: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Reader {
    /// The environment, and under it what `.env` in the working folder says, or the file that
    /// `SEALDROP_ENV_FILE` names.
    #[must_use]
    pub fn from_environment() -> Self {
        let environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
        let named = environment.iter().find(|(name, _)| name == ENV_FILE.name);
        let path = named.map_or_else(|| PathBuf::from(".env"), |(_, path)| PathBuf::from(path));
        let mut reader = Self::default();
        // One that was named must be there.
        if named.is_some() || path.exists() {
            (reader.values, reader.problems) = read_env_file(&path);
        }
        reader.take(environment);
        reader
    }

    /// Takes variables in over those that are there. One of ours that is no text is a problem: without it another value, or
    /// the default, would hold.
    pub(super) fn take(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        for (name, value) in variables {
            // What is no text has no name of ours, but may look like one.
            let name = name.to_string_lossy().into_owned();
            match value.into_string() {
                Ok(value) => drop(self.values.insert(name, value)),
                Err(_) if is_known(&name) || (name.starts_with(PREFIX) && !OTHERS.contains(&name.as_str())) => {
                    self.problems.push(format!("{name}: its value is not valid UTF-8"));
                }
                Err(_) => {}
            }
        }
    }

    /// Exactly these pairs.
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let values = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self {
            values,
            problems: Vec::new(),
        }
    }

    /// What is set, without white space around it.
    pub(super) fn given(&self, variable: &Variable) -> Option<String> {
        debug_assert!(
            SECTIONS
                .iter()
                .any(|s| s.variables.iter().any(|v| v.name == variable.name)),
            "{}",
            variable.name
        );
        self.values
            .get(variable.name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// What is set, else the default.
    pub(super) fn text(&self, variable: &Variable) -> String {
        self.given(variable).unwrap_or_else(|| variable.default.to_owned())
    }

    /// The value as a `T`, read by `parse`; a problem when it does not fit.
    pub(super) fn parsed<T: Default>(
        &mut self,
        variable: &Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        parse(&self.text(variable)).unwrap_or_else(|wrong| {
            self.problem(variable, &wrong);
            T::default()
        })
    }

    /// The value as a number or whatever else has a plain text form.
    pub(super) fn plain<T: FromStr + Default>(&mut self, variable: &Variable, expected: &str) -> T {
        self.parsed(variable, |text| {
            text.parse().map_err(|_| format!("expected {expected}"))
        })
    }

    /// `on` or `off`.
    pub(super) fn switch(&mut self, variable: &Variable) -> bool {
        self.parsed(variable, |text| match text {
            "on" | "true" | "1" => Ok(true),
            "off" | "false" | "0" => Ok(false),
            _ => Err("expected on or off".to_owned()),
        })
    }

    /// A secret, from the variable or from the file that its `_FILE` twin names.
    pub(super) fn secret(&mut self, variable: &Variable) -> Option<SecretText> {
        let twin = format!("{}_FILE", variable.name);
        let direct = self.given(variable);
        let Some(path) = self.values.get(&twin).filter(|path| !path.trim().is_empty()).cloned() else {
            return direct.map(SecretText::new);
        };
        if direct.is_some() {
            self.problem(variable, &format!("set it or {twin}, not both"));
        }
        match fs::read_to_string(&path) {
            Ok(text) if text.trim().is_empty() => {
                self.problems.push(format!("{twin}: {path} is empty"));
                None
            }
            Ok(text) => Some(SecretText::new(text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => {
                self.problems.push(format!("{twin}: cannot read {path}: {error}"));
                None
            }
        }
    }

    /// Notes that a variable's value does not do. `wrong` must not quote a secret.
    pub(super) fn problem(&mut self, variable: &Variable, wrong: &str) {
        self.problems.push(format!("{}: {wrong}", variable.name));
    }

    pub(super) fn unknown(&self) -> Vec<String> {
        self.values
            .keys()
            .filter(|name| name.starts_with(PREFIX) && !OTHERS.contains(&name.as_str()) && !is_known(name))
            .cloned()
            .collect()
    }

    /// No setting has an empty value. One that is set and empty is a secret that did not arrive or a line half written, and the
    /// default in its place may be another database.
    pub(super) fn refuse_empty(&mut self) {
        let empty = self.values.iter().filter(|(_, value)| value.trim().is_empty());
        let empty = empty.map(|(name, _)| name).filter(|name| is_known(name));
        let problems: Vec<String> = empty
            .map(|name| format!("{name}: it is set but empty; give it a value or remove it"))
            .collect();
        self.problems.extend(problems);
    }

    pub(super) fn finish(self) -> Result<(), ConfigProblems> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigProblems(self.problems))
        }
    }
}
