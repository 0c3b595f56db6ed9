//! What a closing terminal and a system that shuts down send is taken as Ctrl-C is.

use std::{
    io::Write,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::installation::{CommandOutput, RunningInstallation, content};

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(status.expect("kill runs").success());
}

/// The command line, with signals as a terminal's shell leaves them: the process that runs the tests may ignore them.
fn started(installation: &RunningInstallation, how: &str, arguments: &[&str]) -> Child {
    installation
        .under("env", [how, env!("CARGO_BIN_EXE_sealdrop")].iter().chain(arguments))
        .stdin(Stdio::piped())
        .spawn()
        .expect("env runs")
}

#[test]
fn x25_signals_in_a_pipe_leave_nothing_in_the_bucket() {
    let installation = RunningInstallation::new();
    for name in ["INT", "TERM", "HUP"] {
        let mut child = started(&installation, "--default-signal=INT,TERM,HUP", &["send", "-"]);
        let mut input = child.stdin.take().expect("its input is ours");
        input.write_all(&content(32_000_000)).expect("it reads");
        signal(&child, name);
        CommandOutput::from(child.wait_with_output().expect("it ends")).ended(130, "Stopped. No link was made.");
        drop(input);
        let deadline = Instant::now() + Duration::from_secs(30);
        while !installation.stored().is_empty() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(installation.stored().is_empty(), "{name}: what was begun is removed");
    }
}

#[test]
fn x25_nohup_is_left_in_peace() {
    let installation = RunningInstallation::new();
    let mut child = started(&installation, "--ignore-signal=HUP", &["send", "-"]);
    let mut input = child.stdin.take().expect("its input is ours");
    input.write_all(&content(32_000_000)).expect("it reads");
    signal(&child, "HUP");
    drop(input);
    CommandOutput::from(child.wait_with_output().expect("it ends")).ended_well();
}
