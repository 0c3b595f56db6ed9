//! `sealdrop reference`: this command line as Markdown, for the documentation.

use clap::{Command, CommandFactory};

use crate::{args::Arguments, failure::Failure, terminal::streams};

/// Prints it.
pub(crate) fn print() -> Result<(), Failure> {
    streams::print(reference().trim_end()).map_err(|error| streams::cannot_write(&error))
}

/// The page `docs/reference/cli.md`.
pub(crate) fn reference() -> String {
    let mut command = Arguments::command().term_width(100);
    command.build();
    let mut page = String::from(
        "# Command line\n\nWritten by `sealdrop reference`; a test compares. Every command says the same with `--help`.\n",
    );
    section(&mut page, &mut command, "sealdrop");
    page
}

fn section(page: &mut String, command: &mut Command, name: &str) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    page.push_str(&format!(
        "\n## `{name}`\n\n```text\n{}\n```\n",
        help.join("\n").trim_end()
    ));
    for below in command.get_subcommands_mut() {
        if !below.is_hide_set() && below.get_name() != "help" {
            let name = format!("{name} {}", below.get_name());
            section(page, below, &name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_page_is_this_command_line() {
        let committed = include_str!("../../../../docs/reference/cli.md");
        assert_eq!(
            committed,
            reference(),
            "run: cargo run -p sealdrop-cli -- reference > docs/reference/cli.md"
        );
    }
}
