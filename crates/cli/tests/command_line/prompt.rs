//! The password prompt, on a terminal of its own.

use std::process::Command;

use crate::installation::{CommandOutput, RunningInstallation};

/// Runs a command as the leader of a terminal, acts when the prompt is there, and says how the command
/// ended and whether the terminal echoes: `type:WORDS` types, `kill:SIGNAL` sends.
const PTY: &str = r#"
import os, pty, signal, sys, termios
steps, command = sys.argv[1].split("|"), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(one, signal.SIG_DFL)
    os.execv(command[0], command)
said = b""
def read():
    global said
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        piece = b""
    said += piece
    return piece
def echoes():
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
for number, step in enumerate(steps, 1):
    while said.count(b"assword") < number or echoes():
        if not read():
            break
    kind, what = step.split(":", 1)
    if kind == "type":
        os.write(terminal, what.encode().decode("unicode_escape").encode("latin-1"))
    else:
        os.kill(child, getattr(signal, "SIG" + what))
status = None
while read():
    pass
status = os.waitpid(child, 0)[1]
print("code", os.waitstatus_to_exitcode(status), "echo", echoes())
sys.stdout.buffer.write(said)
"#;

fn at_the_prompt(installation: &RunningInstallation, steps: &str, arguments: &[&str]) -> CommandOutput {
    let output = Command::new("timeout")
        .args(["60", "python3", "-c", PTY, steps, env!("CARGO_BIN_EXE_sealdrop")])
        .args(arguments)
        .current_dir(installation.folder())
        .env("SEALDROP_SERVER", &installation.address)
        .env("SEALDROP_STATE", installation.path("state"))
        .env("TERM", "xterm")
        .env_remove("SEALDROP_PASSWORD")
        .output();
    CommandOutput::from(output.expect("python3 runs"))
}

#[test]
fn x28_stopping_at_the_prompt_leaves_the_terminal_as_it_was() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let output = installation
        .command(["send", "a"])
        .env("SEALDROP_PASSWORD", "x")
        .output();
    let link = CommandOutput::from(output.expect("it starts")).out.trim().to_owned();
    let sending: &[&str] = &["send", "a", "--password"];
    // As keys, which the terminal turns into signals, and as signals.
    for stop in ["type:\\x03", "type:half\\x03", "kill:TERM", "kill:HUP"] {
        let said = at_the_prompt(&installation, stop, sending);
        assert!(said.out.starts_with("code 130 echo True"), "{stop}: {said:?}");
    }
    let said = at_the_prompt(&installation, "type:\\x1c", sending);
    assert!(said.out.starts_with("code 131 echo True"), "{said:?}");
    for arguments in [["receive", &link, "-o", "out"].as_slice(), &["info", &link]] {
        let said = at_the_prompt(&installation, "type:\\x03", arguments);
        assert!(said.out.starts_with("code 130 echo True"), "{arguments:?}: {said:?}");
    }
    // At the second question, too.
    let said = at_the_prompt(&installation, "type:first\\n|type:\\x03", &["send", "a", "--password"]);
    assert!(said.out.starts_with("code 130 echo True"), "{said:?}");
    assert!(!installation.path("out").exists());
}

#[test]
fn x28_what_is_typed_at_the_prompt_is_the_password_and_is_not_shown() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let said = at_the_prompt(
        &installation,
        "type:right p\\xc3\\xa4ss\\n|type:right p\\xc3\\xa4ss\\n",
        &["send", "a", "--password"],
    );
    assert!(said.out.starts_with("code 0 echo True"), "{said:?}");
    assert!(!said.out.contains("right"), "{said:?}");
    let link = &said.out[said.out.find("http://").expect("a link")..];
    let link = link.split_whitespace().next().expect("it ends");
    let output = installation
        .command(["info", link])
        .env("SEALDROP_PASSWORD", "right päss")
        .output();
    CommandOutput::from(output.expect("it starts")).ended_well();
    let said = at_the_prompt(&installation, "type:one\\n|type:two\\n", &["send", "a", "--password"]);
    assert!(
        said.out.starts_with("code 2 echo True") && said.out.contains("differ"),
        "{said:?}"
    );
    for nothing in ["type:\\n", "type:\\x04"] {
        let said = at_the_prompt(&installation, nothing, &["send", "a", "--password"]);
        assert!(said.out.starts_with("code 2 echo True"), "{said:?}");
    }
}
