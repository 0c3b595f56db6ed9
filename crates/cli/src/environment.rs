//! The environment. Nothing else reads it. What of it is ours must be usable as it stands, or nothing begins: a password
//! that is not one would send without, and a server that is not one would be another.

use std::{ffi::OsString, path::Path};

use sealdrop_crypto::Zeroizing;

use crate::{failure::Failure, platform::server_url::parse_server, text::escape};

/// Address of the server to send through.
pub(crate) const SERVER: &str = "SEALDROP_SERVER";
const PASSWORD: &str = "SEALDROP_PASSWORD";
const STATE: &str = "SEALDROP_STATE";
/// What starts like this and is another name is a password that would not be used.
const PASSWORD_LIKE: &str = "SEALDROP_PASS";

#[expect(
    clippy::disallowed_methods,
    reason = "this module is the one that reads the environment"
)]
fn read(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// A variable of another program, as text.
pub(crate) fn foreign(name: &str) -> Option<String> {
    read(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// Ends the run where a variable of ours is set and cannot be used.
pub(crate) fn check() -> Result<(), Failure> {
    let mut wrong = Vec::new();
    wrong.extend(check_text(PASSWORD, "the password", |_| None));
    wrong.extend(check_text(SERVER, "the address of a server", |server| {
        let is_address = parse_server(server).is_some();
        (!is_address)
            .then(|| format!("{SERVER} is not a server address: add http:// or https://, for example https://host."))
    }));
    wrong.extend(check_state());
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    wrong.extend(
        names
            .filter(|name| name.starts_with(PASSWORD_LIKE) && name != PASSWORD)
            .map(|name| {
                format!(
                    "{} is not a variable of this program: set {PASSWORD} to the password.",
                    escape(&name)
                )
            }),
    );
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::usage(wrong.join(" ")))
    }
}

/// What is wrong with a variable that must be text.
fn check_text(name: &str, what: &str, wrong: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let value = read(name)?;
    match value.to_str() {
        None => Some(format!(
            "{name} is set but is not valid UTF-8. Set it to {what}, or unset it."
        )),
        Some("") => Some(format!("{name} is set but empty. Set it to {what}, or unset it.")),
        Some(text) => wrong(text),
    }
}

/// A folder that is not there yet is made by what writes to it.
fn check_state() -> Option<String> {
    let folder = read(STATE)?;
    if folder.is_empty() {
        return Some(format!("{STATE} is set but empty. Set it to a folder, or unset it."));
    }
    let there = Path::new(&folder).ancestors().filter(|one| !one.as_os_str().is_empty());
    // The first that is there must be a folder: below a file there is nothing.
    let first = there.map(std::fs::metadata).find(|about| {
        !about
            .as_ref()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    });
    let why = match first {
        Some(Ok(about)) if !about.is_dir() => "is not a folder".to_owned(),
        Some(Err(error)) => format!("cannot be used: {error}"),
        _ => return None,
    };
    let shown = crate::text::shown(&folder);
    Some(format!("The folder of {STATE}, {}, {why}.", escape(&shown)))
}

/// The password, after [`check`].
pub(crate) fn password() -> Option<Zeroizing<String>> {
    read(PASSWORD)?.into_string().ok().map(Zeroizing::new)
}

/// The state folder, after [`check`].
pub(crate) fn state() -> Option<OsString> {
    read(STATE)
}

/// Whether the locale is UTF-8, so that a terminal shows more than ASCII. Windows terminals always do.
pub(crate) fn has_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(foreign);
    cfg!(windows) || is_utf8(locale.as_deref().unwrap_or_default())
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_encoding() {
        assert!(["en_GB.UTF-8", "C.utf8", "UTF-8"].into_iter().all(is_utf8));
        assert!(!["C", "POSIX", "", "de_DE.ISO-8859-1"].into_iter().any(is_utf8));
    }
}
