//! What a terminal shows: lines that fit it, in the characters that its locale has.

use std::process::Command;

use crate::installation::{RunningInstallation, content};

/// Runs a command on a terminal of so many columns and gives all bytes that it wrote there.
const PTY: &str = r#"
import fcntl, os, pty, struct, sys, termios
columns, command = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execv(command[0], command)
written = b""
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    written += piece
status = os.waitpid(child, 0)[1]
sys.stdout.buffer.write(written)
sys.exit(os.waitstatus_to_exitcode(status))
"#;

fn on_terminal(installation: &RunningInstallation, columns: usize, locale: &str, arguments: &[&str]) -> String {
    on_terminal_of(installation, "xterm", columns, locale, arguments)
}

fn on_terminal_of(
    installation: &RunningInstallation,
    kind: &str,
    columns: usize,
    locale: &str,
    arguments: &[&str],
) -> String {
    let output = Command::new("python3")
        .args(["-c", PTY, &columns.to_string(), env!("CARGO_BIN_EXE_sealdrop")])
        .args(arguments)
        .current_dir(installation.folder())
        .env("SEALDROP_SERVER", &installation.address)
        .env("SEALDROP_STATE", installation.path("state"))
        .env("TERM", kind)
        .env_remove("LC_ALL")
        .env_remove("LC_CTYPE")
        .env("LANG", locale)
        // Python would name another locale to the command.
        .env("PYTHONCOERCECLOCALE", "0")
        .output()
        .expect("python3 runs");
    let written = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{written}");
    written
}

/// The lines that a progress bar drew: between two controls of the terminal, with the percent that only they have.
fn drawn(written: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for piece in written.split(['\r', '\n']) {
        // An escape sequence ends with a letter.
        let mut pieces = piece.split("\u{1b}[");
        parts.extend(pieces.next());
        parts.extend(pieces.filter_map(|rest| rest.find(|c: char| c.is_ascii_alphabetic()).map(|at| &rest[at + 1..])));
    }
    parts.retain(|part| part.contains('%'));
    parts
}

#[test]
fn the_progress_bar_fits_terminals_of_20_to_200_columns() {
    let installation = RunningInstallation::new();
    installation.file("a.bin", &content(30_000_000));
    for columns in [20, 33, 60, 80, 200] {
        for locale in ["C.UTF-8", "C"] {
            let sent = on_terminal(&installation, columns, locale, &["send", "a.bin"]);
            let link = &sent[sent.find("http://").expect("a link")..];
            let link = link.split_whitespace().next().expect("it ends");
            let received = on_terminal(&installation, columns, locale, &["receive", link, "-o", "out"]);
            for written in [&sent, &received] {
                let lines = drawn(written);
                assert!(!lines.is_empty(), "{columns}: {written:?}");
                for line in &lines {
                    // What was drawn before is covered by spaces, up to the edge.
                    assert!(line.chars().count() <= columns, "{columns}: {line:?}");
                    assert!(line.trim_end().chars().count() < columns, "{columns}: {line:?}");
                }
                assert!(locale != "C" || written.is_ascii(), "{written:?}");
                let has_bar = |line: &&str| line.contains('█') || line.contains('░') || line.contains('[');
                assert_eq!(lines.iter().any(has_bar), columns >= 60, "{columns}: {lines:?}");
            }
        }
    }
}

#[test]
fn x32_a_terminal_that_cannot_move_its_cursor_shows_progress_as_lines() {
    let installation = RunningInstallation::new();
    installation.file("a.bin", &content(3_000_000));
    let sent = on_terminal_of(&installation, "dumb", 80, "C.UTF-8", &["send", "a.bin"]);
    let link = &sent[sent.find("http://").expect("a link")..];
    let link = link.split_whitespace().next().expect("it ends");
    let received = on_terminal_of(&installation, "dumb", 80, "C.UTF-8", &["receive", link, "-o", "out"]);
    for (written, doing) in [(&sent, "Uploading"), (&received, "Downloading")] {
        assert!(
            written
                .lines()
                .any(|line| line.starts_with(doing) && line.contains('%')),
            "{written:?}"
        );
        assert!(!written.contains('\u{1b}'), "{written:?}");
    }
}
