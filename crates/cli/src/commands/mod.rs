//! One file for each command.

pub(crate) mod info;
pub(crate) mod links;
pub(crate) mod receive;
pub(crate) mod reference;
pub(crate) mod revoke;
pub(crate) mod send;

use std::io::IsTerminal;

use sealdrop_crypto::Zeroizing;
use sealdrop_transfer::{Control, Link, OpenedLink, open_link};

use crate::{
    args::password_from_environment,
    failure::{Doing, Failure, explain, explain_link},
    machine::Machine,
};

/// Ranges or parts on their way at once.
pub(crate) const CONCURRENCY: usize = 3;
/// Parts at most, where more of them move more.
pub(crate) const MOST_AT_ONCE: usize = 5;

/// Lets Ctrl-C stop a transfer in order, as `stop` does; a second one ends the process at once.
pub(crate) fn stop_on_interrupt(control: &Control, stop: fn(&Control)) {
    let control = control.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop(&control);
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
}

/// Asks for a password without showing it.
fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() && !std::io::stderr().is_terminal() {
        return Err(Failure::usage("This needs a password; set SEALDROP_PASSWORD."));
    }
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|_| Failure::usage("The password could not be read; set SEALDROP_PASSWORD instead."))
}

/// The password for a new link, if one is wanted: from the environment, or asked twice.
pub(crate) fn new_password(wanted: bool) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(password) = password_from_environment() {
        return Ok(Some(password));
    }
    if !wanted {
        return Ok(None);
    }
    let first = ask("Password for the link: ")?;
    if first.is_empty() {
        return Err(Failure::usage(
            "The password is empty. Nothing was sent. Type one, or leave --password out.",
        ));
    }
    let second = ask("Repeat the password: ")?;
    if *first != *second {
        return Err(Failure::usage("The two passwords differ. Nothing was sent. Try again."));
    }
    Ok(Some(first))
}

/// Reads a link's text.
pub(crate) fn read_link(text: &str) -> Result<Link, Failure> {
    Link::parse(text).map_err(explain_link)
}

/// Opens a link, asking for its password where it needs one.
pub(crate) async fn open(link: &Link) -> Result<(Machine, OpenedLink), Failure> {
    let machine = Machine::new(&link.origin, CONCURRENCY)?;
    let password = if link.flags.has_password() {
        Some(match password_from_environment() {
            Some(password) => password,
            None => ask("Password of the link: ")?,
        })
    } else {
        None
    };
    let opened = open_link(&machine, link, password.as_ref());
    let opened = tokio::select! {
        opened = opened => opened.map_err(|error| explain(&error, Doing::Asking, &machine.origin()))?,
        _ = tokio::signal::ctrl_c() => return Err(Failure::new(130, "Stopped.")),
    };
    Ok((machine, opened))
}
