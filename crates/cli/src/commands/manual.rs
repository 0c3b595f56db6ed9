//! `sealdrop completions` and `sealdrop man`: what shells and `man` read.

use std::io;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::{args::Arguments, failure::Failure, terminal::streams};

/// Prints a shell's completions.
pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    streams::write(&completed(shell)).map_err(|error| streams::cannot_write(&error))
}

fn completed(shell: Shell) -> Vec<u8> {
    let full = Arguments::command();
    // Those that are hidden are not offered. The command itself has no options but the usual ones.
    let mut offered = Command::new("sealdrop")
        .version(env!("CARGO_PKG_VERSION"))
        .about(full.get_about().cloned().unwrap_or_default())
        .subcommands(full.get_subcommands().filter(|one| !one.is_hide_set()).cloned());
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut offered, "sealdrop", &mut text);
    text
}

/// Prints the manual page.
pub(crate) fn man() -> Result<(), Failure> {
    let page = page().map_err(|error| Failure::other(format!("The manual page cannot be made: {error}.")))?;
    streams::write(page.as_bytes()).map_err(|error| streams::cannot_write(&error))
}

/// One page for the command and its subcommands, because people look for `man sealdrop`.
fn page() -> io::Result<String> {
    let mut command = Arguments::command();
    command.build();
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for below in command
        .get_subcommands()
        .filter(|one| !one.is_hide_set() && one.get_name() != "help")
    {
        page.extend_from_slice(section(below)?.as_bytes());
    }
    man.render_extra_section(&mut page)?;
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    Ok(page.replace(".SH EXTRA", ".SH \"EXIT CODES AND ENVIRONMENT\""))
}

/// A command's own page, a level lower.
fn section(command: &Command) -> io::Result<String> {
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    let lower: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix(".SH ") {
            Some(heading) => format!(".SS {heading}"),
            None => line.to_owned(),
        })
        .collect();
    let name = command.get_name().to_uppercase();
    Ok(format!(".SH \"SEALDROP {name}\"\n{}\n", lower.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_is_offered_every_option_and_nothing_hidden() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
            let text = String::from_utf8(completed(shell)).expect("text");
            assert!(!text.contains("reference"), "{shell}");
            for command in Arguments::command().get_subcommands().filter(|one| !one.is_hide_set()) {
                assert!(text.contains(command.get_name()), "{shell}");
                for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                    assert!(text.contains(option), "{shell} {option}");
                }
            }
        }
    }

    #[test]
    fn the_manual_page_has_every_command_and_option() -> io::Result<()> {
        let page = page()?;
        for command in Arguments::command().get_subcommands().filter(|one| !one.is_hide_set()) {
            let name = command.get_name().to_uppercase();
            assert!(page.contains(&format!(".SH \"SEALDROP {name}\"")), "{name}");
            for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(page.contains(&option.replace('-', "\\-")), "{name} {option}");
            }
        }
        assert!(page.contains("SEALDROP_PASSWORD") && page.contains(".SH \"EXIT CODES AND ENVIRONMENT\""));
        assert_eq!(page.matches(".TH ").count(), 1);
        Ok(())
    }
}
