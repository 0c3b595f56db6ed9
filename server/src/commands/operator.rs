//! Who runs this command, for the audit: the system's name of the process's user, and who became that user by sudo or doas.

use sealdrop_service::Operator;

pub(super) fn operator() -> Operator {
    match (user(), before()) {
        (Some(user), Some(before)) => Operator::named(&format!("{user} (by {before})")),
        (Some(name), None) | (None, Some(name)) => Operator::named(&name),
        (None, None) => Operator::unknown(),
    }
}

/// The user of this process: by the file of users that every Unix has, else by number. What a directory service alone knows stays a
/// number, because asking it takes the C library.
#[cfg(unix)]
fn user() -> Option<String> {
    let uid = rustix::process::geteuid().as_raw();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    Some(name_of(uid, &users).unwrap_or_else(|| format!("uid {uid}")))
}

#[cfg(not(unix))]
fn user() -> Option<String> {
    variable("USERNAME")
}

/// The name of a user in the format of `/etc/passwd` (passwd(5)).
#[cfg(unix)]
fn name_of(uid: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(uid) && !name.is_empty()).then(|| name.to_owned())
    })
}

/// Who ran sudo or doas, as these say it.
fn before() -> Option<String> {
    ["SUDO_USER", "DOAS_USER"].into_iter().find_map(variable)
}

#[expect(
    clippy::disallowed_methods,
    reason = "these are no settings: other programs say with them who runs this one"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_name_of_the_first_line_with_the_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nbroken\n:x:7:7::/:\nann:x:1000:1000:Ann,,,:/home/ann:/bin/sh\nbob:x:1000:100::/:\n";
        assert_eq!(name_of(0, users).as_deref(), Some("root"));
        assert_eq!(name_of(1000, users).as_deref(), Some("ann"));
        assert_eq!((name_of(100, users), name_of(7, users)), (None, None));
    }
}
