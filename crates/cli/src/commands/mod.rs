//! One file for each command.

pub(crate) mod account;
pub(crate) mod info;
pub(crate) mod links;
pub(crate) mod manual;
pub(crate) mod receive;
mod receive_output;
mod receive_to_output;
pub(crate) mod reference;
pub(crate) mod revoke;
pub(crate) mod send;
mod send_output;
pub(crate) mod verify;

use sealdrop_crypto::Zeroizing;
use sealdrop_transfer::{Control, Link, OpenedLink, open_link};

use crate::{
    environment,
    failure::{Doing, Failure, explain::explain, explain_link::explain_link},
    platform::CliPlatform,
    signals::{Signals, stopped},
    terminal::prompt::ask,
};

/// Ranges or parts on their way at a time.
pub(crate) const CONCURRENCY: usize = 3;
/// Parts at most, where more of them move more.
pub(crate) const MOST_AT_ONCE: usize = 5;

/// Lets Ctrl-C and what else stops a command stop a transfer in order, as `stop` does; a second one ends the process at
/// once.
pub(crate) fn stop_on_signals(control: &Control, stop: fn(&Control)) {
    let control = control.clone();
    let mut signals = Signals::listen();
    tokio::spawn(async move {
        signals.next().await;
        stop(&control);
        signals.next().await;
        std::process::exit(130);
    });
}

/// The password for a new link, if one is wanted: from the environment, or asked twice.
pub(crate) async fn new_password(wanted: bool) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(password) = environment::password() {
        return Ok(Some(password));
    }
    if !wanted {
        return Ok(None);
    }
    let first = ask("Password for the link: ").await?;
    if first.is_empty() {
        return Err(Failure::usage(
            "The password is empty. Nothing was sent. Type one, or leave --password out.",
        ));
    }
    let second = ask("Repeat the password: ").await?;
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
pub(crate) async fn open(link: &Link) -> Result<(CliPlatform, OpenedLink), Failure> {
    let platform = CliPlatform::new(&link.origin, CONCURRENCY)?;
    let password = if link.flags.has_password() {
        Some(match environment::password() {
            Some(password) => password,
            None => ask("Password of the link: ").await?,
        })
    } else {
        None
    };
    let opened = open_link(&platform, link, password.as_ref());
    let opened = tokio::select! {
        opened = opened => opened.map_err(|error| explain(&error, Doing::Asking, &platform.origin()))?,
        () = stopped() => return Err(Failure::new(130, "Stopped.")),
    };
    Ok((platform, opened))
}
