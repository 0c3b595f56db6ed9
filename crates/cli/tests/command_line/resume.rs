//! Uploads that are killed and go on.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::Child,
    time::{Duration, SystemTime},
};

use crate::house::{House, Said, content, names};

const MIB: usize = 1 << 20;
/// Thirty-two parts: enough behind the twelfth for a machine that stutters.
const LEN: usize = 312 * MIB;
/// Parts that may be on their way at once, and are sent again.
const UNDER_WAY: usize = 5;

fn start(house: &House, file: &str) -> Child {
    house.command(["send", file]).spawn().expect("the command line starts")
}

/// Parts in the bucket, and when they were written.
fn parts(house: &House) -> BTreeMap<PathBuf, SystemTime> {
    let large = |path: &PathBuf| fs::metadata(path).is_ok_and(|about| about.len() >= 5 * MIB as u64);
    let written = |path: PathBuf| Some((fs::metadata(&path).ok()?.modified().ok()?, path));
    let dated = house.stored().into_iter().filter(large).filter_map(written);
    dated.map(|(at, path)| (path, at)).collect()
}

/// Lets a started upload run until twelve parts of it are stored.
fn until_most_is_there(house: &House) {
    for _ in 0..60_000 {
        if parts(house).len() >= 12 {
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

fn arrives(house: &House, link: &str, sent: &[u8]) {
    house.receive(link, "got").ended_well();
    assert!(
        fs::read(house.path("got/big.bin")).expect("it was saved") == sent,
        "every byte"
    );
}

#[test]
fn u09_killed_in_the_middle_and_only_the_rest_is_sent() {
    let (house, bytes) = (House::new(), content(LEN));
    house.file("big.bin", &bytes);
    let mut child = start(&house, "big.bin");
    until_most_is_there(&house);
    child.kill().expect("kill -9");
    child.wait().expect("it ended");
    let before = parts(&house);
    let said = house.run(["send", "big.bin"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("Resuming: "), "{said:?}");
    let after = parts(&house);
    let kept = before.iter().filter(|(path, at)| after.get(*path) == Some(at)).count();
    assert!(
        kept + UNDER_WAY >= before.len() && kept >= 7,
        "{kept} of {} parts were not sent again",
        before.len()
    );
    arrives(&house, said.out.trim(), &bytes);
    assert_eq!(names(&house.path("state/unfinished")), Vec::<String>::new());
}

#[test]
fn u09_u10_interrupted_by_hand_it_says_how_to_go_on_and_how_to_remove_it() {
    let (house, bytes) = (House::new(), content(LEN));
    house.file("big.bin", &bytes);
    let child = start(&house, "big.bin");
    until_most_is_there(&house);
    // It is held where it is, or it would be done before a slow machine has started the second one.
    signal(&child, "-STOP");
    let second = house.run(["send", "big.bin"]);
    second.ended(1, "Another sealdrop process is sending these files");
    signal(&child, "-INT");
    signal(&child, "-CONT");
    let said = Said::from(child.wait_with_output().expect("it ended"));
    said.ended(130, "run the same command to resume");
    assert!(!parts(&house).is_empty(), "what was sent is kept");

    let notes = fs::read_dir(house.path("state/unfinished"))
        .expect("a folder")
        .flatten();
    for note in notes {
        let text = fs::read_to_string(note.path()).expect("lines");
        assert!(!text.contains("big.bin"), "no name is in the clear");
    }
    house
        .run(["send", "--discard", "big.bin"])
        .ended(0, "The unfinished upload is deleted");
    assert_eq!(parts(&house).len(), 0, "nothing is left in the bucket");
    house
        .run(["send", "--discard", "big.bin"])
        .ended(0, "no unfinished upload");
}

#[test]
fn u12_a_file_that_changed_since_is_refused_until_it_may_start_over() {
    let house = House::new();
    house.file("big.bin", &content(LEN));
    let mut child = start(&house, "big.bin");
    until_most_is_there(&house);
    child.kill().expect("kill -9");
    child.wait().expect("it ended");
    let mut bytes = content(LEN);
    bytes[LEN / 2] ^= 1;
    house.file("big.bin", &bytes);
    house.run(["send", "big.bin"]).ended(7, "--start-over");
    let said = house.run(["send", "--start-over", "big.bin"]);
    assert_eq!(said.code, 0, "{said:?}");
    arrives(&house, said.out.trim(), &bytes);
}

#[test]
fn u09_the_server_is_killed_instead_and_comes_back() {
    let (mut house, bytes) = (House::new(), content(LEN));
    house.file("big.bin", &bytes);
    let child = start(&house, "big.bin");
    until_most_is_there(&house);
    house.kill_and_restart();
    let said = Said::from(child.wait_with_output().expect("it ended"));
    assert_eq!(said.code, 0, "{said:?}");
    arrives(&house, said.out.trim(), &bytes);
}
