//! Uploads that are killed and go on.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::Child,
    time::{Duration, SystemTime},
};

use crate::installation::{CommandOutput, RunningInstallation, content, names};

const MIB: usize = 1 << 20;
/// Thirty-two parts: enough behind the twelfth for a machine that stutters.
const LEN: usize = 312 * MIB;
/// Parts that may be on their way at a time, and are sent again.
const UNDER_WAY: usize = 5;

fn start(installation: &RunningInstallation, file: &str) -> Child {
    installation
        .command(["send", file])
        .spawn()
        .expect("the command line starts")
}

/// Parts in the bucket, and when they were written.
fn parts(installation: &RunningInstallation) -> BTreeMap<PathBuf, SystemTime> {
    let large = |path: &PathBuf| fs::metadata(path).is_ok_and(|about| about.len() >= 5 * MIB as u64);
    let written = |path: PathBuf| Some((fs::metadata(&path).ok()?.modified().ok()?, path));
    let dated = installation.stored().into_iter().filter(large).filter_map(written);
    dated.map(|(at, path)| (path, at)).collect()
}

/// Lets a started upload run until twelve parts of it are stored.
fn until_most_is_there(installation: &RunningInstallation) {
    for _ in 0..60_000 {
        if parts(installation).len() >= 12 {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("twelve parts were never stored");
}

fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(status.expect("kill runs").success());
}

fn arrives(installation: &RunningInstallation, link: &str, sent: &[u8]) {
    installation.receive(link, "got").ended_well();
    assert!(
        fs::read(installation.path("got/big.bin")).expect("it was saved") == sent,
        "every byte"
    );
}

#[test]
fn u09_killed_in_the_middle_and_only_the_rest_is_sent() {
    let (installation, bytes) = (RunningInstallation::new(), content(LEN));
    installation.file("big.bin", &bytes);
    let mut child = start(&installation, "big.bin");
    until_most_is_there(&installation);
    child.kill().expect("kill -9");
    child.wait().expect("it ended");
    let before = parts(&installation);
    let said = installation.run(["send", "big.bin"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("Resuming: "), "{said:?}");
    let after = parts(&installation);
    let kept = before.iter().filter(|(path, at)| after.get(*path) == Some(at)).count();
    assert!(
        kept + UNDER_WAY >= before.len() && kept >= 7,
        "{kept} of {} parts were not sent again",
        before.len()
    );
    arrives(&installation, said.out.trim(), &bytes);
    assert_eq!(names(&installation.path("state/unfinished")), Vec::<String>::new());
}

#[test]
fn u09_u10_interrupted_by_hand_it_says_how_to_go_on_and_how_to_remove_it() {
    let (installation, bytes) = (RunningInstallation::new(), content(LEN));
    installation.file("big.bin", &bytes);
    let child = start(&installation, "big.bin");
    until_most_is_there(&installation);
    // It is held where it is, or it would be done before a slow machine has started the second one.
    signal(&child, "-STOP");
    let second = installation.run(["send", "big.bin"]);
    second.ended(1, "Another sealdrop process is sending these files");
    signal(&child, "-INT");
    signal(&child, "-CONT");
    let said = CommandOutput::from(child.wait_with_output().expect("it ended"));
    said.ended(130, "run the same command to resume");
    assert!(!parts(&installation).is_empty(), "what was sent is kept");

    let notes = fs::read_dir(installation.path("state/unfinished"))
        .expect("a folder")
        .flatten();
    for note in notes {
        let text = fs::read_to_string(note.path()).expect("lines");
        assert!(!text.contains("big.bin"), "no name is in the clear");
    }
    installation
        .run(["send", "--discard", "big.bin"])
        .ended(0, "The unfinished upload is deleted");
    assert_eq!(parts(&installation).len(), 0, "nothing is left in the bucket");
    installation
        .run(["send", "--discard", "big.bin"])
        .ended(0, "no unfinished upload");
}

#[test]
fn u12_a_file_that_changed_since_is_refused_until_it_may_start_over() {
    let installation = RunningInstallation::new();
    installation.file("big.bin", &content(LEN));
    let mut child = start(&installation, "big.bin");
    until_most_is_there(&installation);
    child.kill().expect("kill -9");
    child.wait().expect("it ended");
    let mut bytes = content(LEN);
    bytes[LEN / 2] ^= 1;
    installation.file("big.bin", &bytes);
    installation.run(["send", "big.bin"]).ended(7, "--start-over");
    let said = installation.run(["send", "--start-over", "big.bin"]);
    assert_eq!(said.code, 0, "{said:?}");
    arrives(&installation, said.out.trim(), &bytes);
}

#[test]
fn u09_the_server_is_killed_instead_and_comes_back() {
    let (mut installation, bytes) = (RunningInstallation::new(), content(LEN));
    installation.file("big.bin", &bytes);
    let child = start(&installation, "big.bin");
    until_most_is_there(&installation);
    installation.kill_and_restart();
    let said = CommandOutput::from(child.wait_with_output().expect("it ended"));
    assert_eq!(said.code, 0, "{said:?}");
    arrives(&installation, said.out.trim(), &bytes);
}
