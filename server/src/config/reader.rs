//! Reads variables by their description and gathers what is wrong with them.

use std::{collections::BTreeMap, ffi::OsString, fs, path::PathBuf, str::FromStr};

use super::{
    env_file::{ENV_FILE, read_env_file},
    problems::ConfigProblems,
    secret::SecretText,
    variable::{Section, Variable},
};

/// Settings of other programs of this project, which share the prefix.
const OTHERS: &[&str] = &[
    "SEALDROP_SERVER",
    "SEALDROP_PASSWORD",
    "SEALDROP_STATE",
    "SEALDROP_EMBED_SITE",
];

/// How the names of our own settings start.
const PREFIX: &str = "SEALDROP_";

/// Values by name, and the problems found so far.
#[derive(Default)]
pub struct Reader {
    values: BTreeMap<String, String>,
    /// Names whose value is not valid UTF-8.
    not_text: Vec<String>,
    problems: Vec<String>,
    /// The settings that there are; none before [`Reader::check_names`].
    sections: &'static [Section],
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

    /// Takes variables over those that are there.
    pub(super) fn take(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        for (name, value) in variables {
            // A name that is not text is none of ours, but may look like one.
            let name = name.to_string_lossy().into_owned();
            match value.into_string() {
                Ok(value) => drop(self.values.insert(name, value)),
                Err(_) => self.not_text.push(name),
            }
        }
    }

    /// Takes note of the settings that there are, and refuses values that cannot be used: without them another value, or the
    /// default, would hold. One that is empty is a secret that did not arrive or a line half written.
    pub(super) fn check_names(&mut self, sections: &'static [Section]) {
        self.sections = sections;
        let ours = |name: &&String| self.is_known(name) || self.looks_like_ours(name);
        let not_text = self.not_text.iter().filter(ours);
        let not_text = not_text.map(|name| format!("{name}: its value is not valid UTF-8"));
        let empty = self
            .values
            .iter()
            .filter(|(name, value)| value.trim().is_empty() && self.is_known(name));
        let empty = empty.map(|(name, _)| format!("{name}: it is set but empty; give it a value or remove it"));
        let problems: Vec<String> = not_text.chain(empty).collect();
        self.problems.extend(problems);
    }

    /// Whether a name is that of a setting, or of the file of a secret one.
    fn is_known(&self, name: &str) -> bool {
        let mut variables = self.sections.iter().flat_map(|section| section.variables);
        variables.any(|one| name == one.name || (one.secret && name.strip_suffix("_FILE") == Some(one.name)))
    }

    fn looks_like_ours(&self, name: &str) -> bool {
        name.starts_with(PREFIX) && !OTHERS.contains(&name)
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
            ..Self::default()
        }
    }

    /// What is set, without white space around it.
    pub(super) fn given(&self, variable: &Variable) -> Option<String> {
        debug_assert!(self.is_known(variable.name), "{}", variable.name);
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
            .filter(|name| self.looks_like_ours(name) && !self.is_known(name))
            .cloned()
            .collect()
    }

    pub(super) fn finish(self) -> Result<(), ConfigProblems> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigProblems(self.problems))
        }
    }
}
