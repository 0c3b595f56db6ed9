//! Standard streams that are closed, full, or without a reader.

use std::{fs, process::Stdio};

use crate::installation::{CommandOutput, RunningInstallation, names};

fn link_in(text: &str) -> &str {
    let from = text.find("http://").map_or("", |at| &text[at..]);
    from.split_whitespace().next().unwrap_or_default()
}

#[test]
fn x22_where_no_link_can_be_written_nothing_is_sent() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    for line in [
        "\"$S\" send a >&-",
        "\"$S\" send a --json >&-",
        "\"$S\" send a 1</dev/null",
        "echo x | \"$S\" send - >&-",
    ] {
        installation
            .shell(line)
            .ended(1, "the link would be lost. Nothing was sent.");
        assert!(installation.stored().is_empty(), "{line}");
    }
}

#[test]
fn x22_a_link_that_could_not_be_written_comes_with_the_same_command_again() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    installation
        .shell("\"$S\" send a >/dev/full")
        .ended(1, "Run the same command again to get it");
    let stored = installation.stored();
    assert_eq!(stored.len(), 1);

    // Without a reader.
    let mut child = installation.command(["send", "a"]).spawn().expect("it starts");
    drop(child.stdout.take());
    CommandOutput::from(child.wait_with_output().expect("it ends")).ended(1, "Run the same command again to get it");

    let link = installation.send(["a"]);
    assert_eq!(installation.stored(), stored, "nothing was uploaded again");
    installation.receive(&link, "out").ended_well();
    // And it is over: the next is another link.
    assert_ne!(installation.send(["a"]), link);
}

#[test]
fn x22_the_link_of_a_pipe_is_written_where_it_can_be() {
    let installation = RunningInstallation::new();
    let said = installation.shell("echo words | \"$S\" send - >/dev/full");
    assert_eq!(said.code, 1, "{said:?}");
    let link = link_in(&said.err);
    assert!(link.contains("/d/") && link.contains('#'), "{said:?}");
    installation.receive(link.trim_end_matches('.'), "out").ended_well();
    assert_eq!(
        fs::read(installation.path("out/stdin")).expect("it is there"),
        b"words\n"
    );
}

#[test]
fn x23_a_closed_input_is_no_empty_file() {
    let installation = RunningInstallation::new();
    for line in ["\"$S\" send - <&-", "\"$S\" send - 0>/dev/null", "\"$S\" send - </"] {
        let said = installation.shell(line);
        assert!(said.out.is_empty(), "{line}: {said:?}");
        said.ended(7, "tandard input");
        assert!(installation.stored().is_empty(), "{line}");
    }
    // One that is empty is.
    let said = installation.shell("\"$S\" send - </dev/null");
    installation.receive(said.out.trim(), "out").ended_well();
    assert_eq!(fs::read(installation.path("out/stdin")).expect("it is there"), b"");
}

#[test]
fn x24_what_could_not_be_written_is_no_success() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let link = installation.send(["a"]);
    for more in ["", " --json"] {
        let said = installation.shell(&format!("\"$S\" receive '{link}' -o out{more} >/dev/full"));
        said.ended(1, "Standard output cannot be written");
        assert!(said.err.contains("were saved"), "{said:?}");
    }
    assert_eq!(names(&installation.path("out")), ["a", "a (2)"]);
    installation
        .shell(&format!("\"$S\" info '{link}' >/dev/full"))
        .ended(1, "Standard output cannot be written");
    installation
        .shell("\"$S\" links >/dev/full")
        .ended(1, "Standard output cannot be written");
}

#[test]
fn x24_a_file_goes_to_standard_output_where_that_is_asked_for() {
    let installation = RunningInstallation::new();
    installation.file("tree/a", b"words");
    installation.file("tree/b", b"more");
    let one = installation.send(["tree/a"]);
    let said = installation.receive(&one, "-");
    assert_eq!((said.code, said.out.as_str()), (0, "words"), "{said:?}");
    assert!(!installation.path("-").exists());
    installation
        .shell(&format!("\"$S\" receive '{one}' -o - >/dev/full"))
        .ended(8, "there is not enough space");
    installation
        .shell(&format!("\"$S\" receive '{one}' -o - >&-"))
        .ended(1, "Standard output is closed");
    let several = installation.send(["tree"]);
    installation.receive(&several, "-").ended(2, "2 files");
    installation
        .run(["receive", &one, "-o", "-", "--json"])
        .ended(2, "--json");
    let counted = installation.run(["info", &several, "--json"]);
    assert!(counted.out.contains(r#""downloads_left":10"#), "{counted:?}");
    // A folder of that name is still to be had.
    installation.receive(&one, "./-").ended_well();
    assert_eq!(names(&installation.path("-")), ["a"]);
}

#[test]
fn x24_a_reader_that_leaves_ends_it() {
    let installation = RunningInstallation::new();
    installation.file("a", &crate::installation::content(12_000_000));
    let link = installation.send(["a"]);
    let mut child = installation
        .command(["receive", &link, "-o", "-"])
        .stdin(Stdio::null())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    CommandOutput::from(child.wait_with_output().expect("it ends")).ended(1, "its reader is gone");
    let counted = installation.run(["info", &link, "--json"]);
    assert!(counted.out.contains(r#""downloads_left":10"#), "{counted:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn x23_x24_streams_that_were_told_not_to_wait_are_waited_for() {
    let installation = RunningInstallation::new();
    installation.file("a", &crate::installation::content(1_000_000));
    let link = installation.send(["a"]);
    // A program that shares the pipe sets it so for both.
    let script = r#"
import array, fcntl, os, subprocess, sys, termios, time
def pipe():
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends
program, link = sys.argv[1:]
out, into = pipe()
child = subprocess.Popen([program, "receive", link, "-o", "-"], stdout=into, stderr=subprocess.DEVNULL)
os.close(into)
os.set_blocking(out, True)
waiting = array.array("i", [0])
# Until it is full, so that the next write would wait.
while waiting[0] < 60000 and child.poll() is None:
    fcntl.ioctl(out, termios.FIONREAD, waiting)
    time.sleep(0.01)
got = b"".join(iter(lambda: os.read(out, 4096), b""))
assert child.wait() == 0 and len(got) == 1000000, (child.returncode, len(got))
out, into = pipe()
child = subprocess.Popen([program, "send", "-"], stdin=out, stderr=subprocess.PIPE)
os.close(out)
# Until it reads.
while b"Uploading" not in child.stderr.readline():
    assert child.poll() is None
# Until it has asked several times: each is a system call.
def reads():
    with open(f"/proc/{child.pid}/io") as about:
        return int(next(line.split()[1] for line in about if line.startswith("syscr")))
before = reads()
while child.poll() is None and reads() < before + 5:
    time.sleep(0.01)
assert child.poll() is None, child.stderr.read()
os.set_blocking(into, True)
os.write(into, b"late")
os.close(into)
words = child.stderr.read()
assert child.wait() == 0, words
"#;
    let said = installation
        .under("python3", ["-c", script, env!("CARGO_BIN_EXE_sealdrop"), &link])
        .output();
    CommandOutput::from(said.expect("python3 runs")).ended_well();
}
