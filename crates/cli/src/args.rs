//! What the command line says. Nothing else reads it.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use sealdrop_api::{EmailText, account::Scope, limits::UNLIMITED_DOWNLOADS};

use crate::environment::SERVER;

/// The server that is asked when none is named.
pub(crate) const DEFAULT_SERVER: &str = "http://127.0.0.1:3000";

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    any other error
  2    usage error or incomplete link
  3    server or network unreachable
  4    the link is gone, ended or busy
  5    wrong password
  6    the data was changed or damaged; verify: the page is not the published one
  7    a file to send changed or cannot be read
  8    over a limit, or a disk is full
  130  interrupted

Environment:
  SEALDROP_SERVER    address of the server to send through
  SEALDROP_PASSWORD  the password, in place of the prompt
  SEALDROP_STATE     folder for unfinished transfers, owner tokens and access tokens, in place of the platform's

A variable of these that is set and cannot be used (empty, not UTF-8, not an address) is an error.";

/// Send files that only people with the link can read.
///
/// Files are encrypted on this machine. The server and its storage see encrypted data, sizes rounded up, and times.
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
    Links(LinksArguments),
    Revoke(RevokeArguments),
    Verify(VerifyArguments),
    Login(LoginArguments),
    Logout(LogoutArguments),
    Whoami(WhoamiArguments),
    Completions(CompletionsArguments),
    /// Print the manual page: sealdrop man > sealdrop.1
    Man,
    /// Print the reference of this command line as Markdown.
    #[command(hide = true)]
    Reference,
}

/// Encrypt files or folders, upload them, print the link.
///
/// Standard output gets only the link; progress and messages go to standard error. Anyone with the link can read the
/// files. Nobody can without it, not even the operator of the server, and it cannot be recovered.
///
/// An interrupted upload (Ctrl-C, a crash, a reboot) can be resumed for 72 hours: run the same command with the same
/// files.
#[derive(Debug, Args)]
pub(crate) struct SendArguments {
    /// Files and folders. Folders are sent with everything in them, except symbolic links, which are listed.
    /// `-` reads standard input of any length.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Title of several files, new name of one file, name of a pipe. [default: the folder or the first file; `stdin`
    /// for `-`]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// When the link expires: a number and s, m, h, d or w. [default: the server's, usually 7d]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) expires: Option<Duration>,
    /// How many downloads the link allows: a number, or `unlimited` where the server has no limit. [default: the
    /// server's, usually 10]
    #[arg(long, value_name = "N", value_parser = parse_downloads)]
    pub(crate) downloads: Option<u32>,
    /// Ask for a password. The receiver needs it together with the link.
    #[arg(long)]
    pub(crate) password: bool,
    /// Note for the receiver, encrypted with the files; at most 4096 bytes.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) note: String,
    /// The server to send through.
    #[arg(long, value_name = "URL", env = SERVER, hide_env_values = true, default_value = DEFAULT_SERVER)]
    pub(crate) server: String,
    /// Send without the account, although signed in.
    #[arg(long)]
    pub(crate) guest: bool,
    /// Print one line of JSON: link, id, files, plain_bytes, sealed_bytes, expires_at, owner_token.
    #[arg(long)]
    pub(crate) json: bool,
    /// Resume although files have changed: upload the changed files again and keep the rest. Without this, a changed
    /// file is an error.
    #[arg(long)]
    pub(crate) start_over: bool,
    /// Skip files that cannot be read, list them, and send the others. Without this, nothing is sent.
    #[arg(long)]
    pub(crate) skip_unreadable: bool,
    /// Delete the interrupted upload of the same command, here and on the server. Sends nothing.
    #[arg(long, conflicts_with = "start_over")]
    pub(crate) discard: bool,
    /// Send the exact size instead of rounding it up (by at most 3.2 % above 64 KiB): saves bytes, tells the size.
    #[arg(long)]
    pub(crate) exact_size: bool,
}

/// Download the files of a link, check them, save them.
///
/// A file is written as NAME.part and renamed when it is proven unaltered. Existing files are not overwritten: if a name
/// is taken, the file is saved as `NAME (2)`. Standard output gets the paths of the saved files.
///
/// An interrupted download (Ctrl-C, a crash, a reboot, the network) can be resumed until the link expires: run the same
/// command. The link counts one download. The saved part is checked first; if something else has changed a NAME.part,
/// that file starts over.
#[derive(Debug, Args)]
pub(crate) struct ReceiveArguments {
    /// The complete link, in quotes.
    pub(crate) link: String,
    /// The folder to save in; it is created if needed. A single file is saved right in it; several files, or a folder, go
    /// into one new folder in it, named after the link. `-` writes a single file to standard output.
    #[arg(short = 'o', long = "output", value_name = "DIR", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
    /// Keep names that begin with a dot. Without this, what is sent as `.name` is saved as `_name`: shells, desktops and
    /// other programs run or obey some files because of such a name. Names inside of a folder that was sent are kept.
    #[arg(long)]
    pub(crate) keep_hidden: bool,
    /// Ask for the password of the link. This is the default where one is needed.
    #[arg(long)]
    pub(crate) password: bool,
    /// Print one line of JSON instead of the paths: id, folder (the new one, or null), files (path, saved_as, bytes,
    /// unaltered), plain_bytes, kept_bytes (of earlier runs), counted.
    #[arg(long)]
    pub(crate) json: bool,
    /// Delete the interrupted download of the same command. Its download becomes free again. Receives nothing.
    #[arg(long)]
    pub(crate) discard: bool,
}

/// Show what a link contains: name, note, files, expiry.
///
/// Does not count as a download.
#[derive(Debug, Args)]
pub(crate) struct InfoArguments {
    /// The complete link, in quotes.
    pub(crate) link: String,
    /// Ask for the password of the link. This is the default where one is needed.
    #[arg(long)]
    pub(crate) password: bool,
    /// Print one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the links that this machine and your accounts sent: id, server, when, state and downloads.
///
/// The state is asked from the servers. Whole links cannot be shown: the part after `#`, which is the key, is not kept.
#[derive(Debug, Args)]
pub(crate) struct LinksArguments {
    /// Print one line of JSON: a list of id, server, sent_at, state (active, paused, expired, exhausted, revoked, gone,
    /// unknown), expires_at, opened, active, used, failed, max_downloads, device (this machine sent it), account.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Turn off a link that this machine or your account sent.
///
/// Running downloads may still finish.
#[derive(Debug, Args)]
pub(crate) struct RevokeArguments {
    /// The link, or its id as `sealdrop links` prints it; the part after `#` is not needed.
    #[arg(allow_hyphen_values = true)]
    pub(crate) link: String,
}

/// Check that a server serves the published page.
///
/// Fetches every page and every file that they may load, as a new visitor would (no cookies, the headers of a browser), and
/// compares them with the manifest of a release: the one that this program carries, or --manifest. Prints what differs and
/// what it means.
///
/// This is proof for this moment and this visitor: a server can serve another page to others, or later. The words of a page
/// are not compared, only what it runs and loads.
///
/// Exit codes: 0 the published page, 6 something differs, 3 not everything answered, 2 wrong use, 1 no manifest.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The server, or a link; the part after `#` is not needed and never sent.
    pub(crate) url: String,
    /// The manifest of the release to compare with: manifest-sha256.json.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) manifest: Option<PathBuf>,
    /// Print one line of JSON: server, published, build, manifest_sha256, pages, files, may_talk_to, differences (path, kind,
    /// text), unanswered (path, why).
    #[arg(long)]
    pub(crate) json: bool,
}

/// Sign in to a server.
///
/// Asks for your email address, then for the code that is sent there. The first time makes your account. What is kept is an
/// access token, in a file of the state folder that only you may read (mode 0600); it is valid for 90 days, and you can
/// end it in your account.
#[derive(Debug, Args)]
pub(crate) struct LoginArguments {
    /// The server.
    #[arg(long, value_name = "URL", env = SERVER, hide_env_values = true, default_value = DEFAULT_SERVER)]
    pub(crate) server: String,
    /// Your email address. Without this, it is asked for.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_email)]
    pub(crate) email: Option<EmailText>,
    /// Read an access token that you made in your account from standard input, and keep it. Sends no mail.
    #[arg(long, conflicts_with_all = ["email", "name", "scopes"])]
    pub(crate) token: bool,
    /// What the new access token is called in your account.
    #[arg(long, value_name = "TEXT", default_value = "Command line")]
    pub(crate) name: String,
    /// What the new access token may do: send, read what you have, manage (change and delete what you have).
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "send,read,manage", value_parser = parse_scope)]
    pub(crate) scopes: Vec<Scope>,
}

/// Sign out of a server: end the access token there, and delete it here.
#[derive(Debug, Args)]
pub(crate) struct LogoutArguments {
    /// The server.
    #[arg(long, value_name = "URL", env = SERVER, hide_env_values = true, default_value = DEFAULT_SERVER)]
    pub(crate) server: String,
    /// Delete the access token here only, for a server that cannot be reached any more.
    #[arg(long)]
    pub(crate) local: bool,
}

/// Show who is signed in to a server: address, plan, use, and what the access token may do.
#[derive(Debug, Args)]
pub(crate) struct WhoamiArguments {
    /// The server.
    #[arg(long, value_name = "URL", env = SERVER, hide_env_values = true, default_value = DEFAULT_SERVER)]
    pub(crate) server: String,
    /// Print one line of JSON: server, email, plan, used_bytes, reserved_bytes, quota_bytes, token (name, scopes,
    /// expires_at).
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print what a shell needs to complete the options of this command with the Tab key.
///
/// bash: sealdrop completions bash > ~/.local/share/bash-completion/completions/sealdrop
///
/// zsh: sealdrop completions zsh > a folder of $fpath/_sealdrop
///
/// fish: sealdrop completions fish > ~/.config/fish/completions/sealdrop.fish
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
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

pub(crate) fn parse_email(text: &str) -> Result<EmailText, String> {
    let email = EmailText(text.trim().to_owned());
    let is_possible = email.is_possible();
    is_possible
        .then_some(email)
        .ok_or_else(|| "an email address, such as ada@example.org".to_owned())
}

fn parse_scope(text: &str) -> Result<Scope, String> {
    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == text.trim());
    scope.ok_or_else(|| "send, read or manage, with commas between several".to_owned())
}

fn parse_downloads(text: &str) -> Result<u32, String> {
    match text {
        "unlimited" => Ok(UNLIMITED_DOWNLOADS),
        _ => text
            .parse()
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| "a whole number from 1 on, or `unlimited`".to_owned()),
    }
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
    fn downloads_are_a_number_or_unlimited() {
        assert_eq!(parse_downloads("3"), Ok(3));
        assert_eq!(parse_downloads("unlimited"), Ok(UNLIMITED_DOWNLOADS));
        for wrong in ["", "0", "-1", "1.5", "many", "99999999999"] {
            assert!(parse_downloads(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_one_is_no_argument() {
        assert_eq!(
            parse_email(" ada@example.org "),
            Ok(EmailText("ada@example.org".to_owned()))
        );
        assert!(parse_email("ada").is_err());
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
