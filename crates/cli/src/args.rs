//! What the command line and the environment say. Nothing else reads either.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use sealdrop_crypto::Zeroizing;

/// The server that is asked when none is named.
pub(crate) const DEFAULT_SERVER: &str = "http://127.0.0.1:3000";

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    anything else
  2    wrong use: arguments, or a text that is no whole link
  3    server or network away
  4    the link is gone, ended or busy
  5    wrong password
  6    what arrived is not what was sealed
  7    a file to send changed or cannot be read
  8    over a limit, or a disk is full
  130  interrupted

Environment:
  SEALDROP_SERVER    address of the server to send through
  SEALDROP_PASSWORD  stands in for --password and for being asked
  SEALDROP_STATE     folder for unfinished transfers and what `revoke` needs; else the platform's state folder";

/// Send files so that nobody but the holder of the link can read them.
///
/// Files are sealed on this machine. The server and its storage see sealed bytes, sizes rounded up, and times.
#[derive(Debug, Parser)]
#[command(name = "sealdrop", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Send(SendArguments),
    Receive(ReceiveArguments),
    Info(InfoArguments),
    Revoke(RevokeArguments),
    /// Print the reference of this command line as Markdown.
    #[command(hide = true)]
    Reference,
}

/// Seal files or folders, send them, print the link.
///
/// The link is all that is printed on standard output; progress and words go to standard error. The link is the only
/// key: who has it can read the files, and without it nobody can, the server's operator included.
///
/// A run that was interrupted (Ctrl-C, a crash, a reboot) is not lost: for 72 hours the same command goes on where it
/// stopped, as long as the files are the same.
#[derive(Debug, Args)]
pub(crate) struct SendArguments {
    /// Files and folders; folders are sent with what is below them, symbolic links in them are left out and named.
    /// `-` reads standard input, whatever its length.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What the whole is called. [default: the file's or folder's name; `stdin` for `-`]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// How long the link lives: a number and s, m, h, d or w. [default: the server's, usually 7d]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) expires: Option<Duration>,
    /// How many downloads the link allows. [default: the server's, usually 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) downloads: Option<u32>,
    /// Ask for a password that the receiver will need besides the link.
    #[arg(long)]
    pub(crate) password: bool,
    /// Words for the receiver, sealed like the files; at most 4096 bytes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) note: String,
    /// The server to send through.
    #[arg(long, value_name = "URL", env = "SEALDROP_SERVER", hide_env_values = true, default_value = DEFAULT_SERVER)]
    pub(crate) server: String,
    /// Print one line of JSON: link, id, files, plain_bytes, sealed_bytes, expires_at, owner_token.
    #[arg(long)]
    pub(crate) json: bool,
    /// Where an earlier run was interrupted and files changed since: send those anew, keep the rest. Without this, a
    /// changed file is refused.
    #[arg(long)]
    pub(crate) start_over: bool,
    /// Leave out files that cannot be read, name them, and send the others. Without this, nothing is sent.
    #[arg(long)]
    pub(crate) skip_unreadable: bool,
    /// Remove what an interrupted run of the same command left here and on the server. Sends nothing.
    #[arg(long, conflicts_with = "start_over")]
    pub(crate) discard: bool,
    /// Send the exact size instead of rounding it up (by at most 3.2 % above 64 KiB): saves bytes, tells the size.
    #[arg(long)]
    pub(crate) exact_size: bool,
}

/// Fetch what a link holds, verify it, save it.
///
/// A file is written as NAME.part and gets its name when it is proven unaltered. Nothing that exists is overwritten:
/// a name that is taken becomes `NAME (2)`. The paths of the saved files are printed on standard output.
///
/// A run that was interrupted (Ctrl-C, a crash, a reboot, the network) is not lost: as long as the link lives, the same
/// command goes on where it stopped and the link counts one download. What was kept is read back first; a NAME.part
/// that something else has touched is not used, and the file starts over.
#[derive(Debug, Args)]
pub(crate) struct ReceiveArguments {
    /// The whole link, in quotes.
    pub(crate) link: String,
    /// The folder to save in; made if it is not there.
    #[arg(short = 'o', long = "output", value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Ask for the link's password. It is asked for anyway where one is needed.
    #[arg(long)]
    pub(crate) password: bool,
    /// Print one line of JSON instead of the paths: id, files (path, saved_as, bytes, unaltered), plain_bytes,
    /// kept_bytes (of earlier runs), counted.
    #[arg(long)]
    pub(crate) json: bool,
    /// Remove what an interrupted run of the same command left, and give its place on the link back. Receives nothing.
    #[arg(long)]
    pub(crate) discard: bool,
}

/// Say what a link holds: name, note, files, when it ends.
///
/// Counts as opened, not as a download.
#[derive(Debug, Args)]
pub(crate) struct InfoArguments {
    /// The whole link, in quotes.
    pub(crate) link: String,
    /// Ask for the link's password. It is asked for anyway where one is needed.
    #[arg(long)]
    pub(crate) password: bool,
    /// Print one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Close a link that this machine sent.
///
/// Downloads that are running may still come to their end.
#[derive(Debug, Args)]
pub(crate) struct RevokeArguments {
    /// The link; the part behind `#` is not needed.
    pub(crate) link: String,
}

/// The password of the environment.
pub(crate) fn password_from_environment() -> Option<Zeroizing<String>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the one that reads the environment"
    )]
    let password = std::env::var("SEALDROP_PASSWORD").ok();
    password.filter(|password| !password.is_empty()).map(Zeroizing::new)
}

/// The state folder of the environment.
pub(crate) fn state_from_environment() -> Option<OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the one that reads the environment"
    )]
    let folder = std::env::var_os("SEALDROP_STATE");
    folder.filter(|folder| !folder.is_empty())
}

fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "a whole number and one of s, m, h, d, w: 30m, 12h, 7d".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number
        .checked_mul(seconds)
        .filter(|total| *total > 0)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn times_are_a_number_and_a_unit() {
        assert_eq!(parse_time("7d"), Ok(Duration::from_secs(604_800)));
        assert_eq!(parse_time("90s"), Ok(Duration::from_secs(90)));
        for wrong in ["", "7", "d", "0d", "-1d", "1.5h", "7y", "99999999999999999999d", "ä"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }
}
