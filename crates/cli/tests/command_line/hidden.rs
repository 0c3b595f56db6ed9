//! What a sender chose to call files, where they are received.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::installation::{CommandOutput, RunningInstallation, content, names, only};

/// Files that shells, desktops and SSH obey because of their names.
const OBEYED: [&str; 5] = [
    ".bash_login",
    ".config/autostart/x.desktop",
    ".ssh/authorized_keys",
    ".ssh/config",
    "desktop.ini",
];

/// Received without naming a folder, as into a home folder.
fn receive_at(installation: &RunningInstallation, home: &Path, arguments: &[&str]) -> CommandOutput {
    let mut command = installation.command([&["receive"], arguments].concat());
    CommandOutput::from(command.current_dir(home).output().expect("it starts"))
}

fn home(installation: &RunningInstallation, name: &str) -> PathBuf {
    let home = installation.path(name);
    fs::create_dir(&home).expect("a folder");
    home
}

#[test]
fn n11_a_hostile_link_leaves_one_new_folder_and_nothing_hidden() {
    let installation = RunningInstallation::new();
    for name in OBEYED {
        installation.file(name, name.as_bytes());
    }
    let link = installation.send([".bash_login", ".config", ".ssh", "desktop.ini"]);
    let home = home(&installation, "home");
    let said = receive_at(&installation, &home, &[&link]);
    said.ended_well();
    assert_eq!(names(&home), ["_bash_login and 4 others"]);
    let inside = only(&home);
    assert_eq!(names(&inside), ["_bash_login", "_config", "_desktop.ini", "_ssh"]);
    assert_eq!(names(&inside.join("_ssh")), ["authorized_keys", "config"]);
    assert_eq!(
        fs::read(inside.join("_config/autostart/x.desktop")).expect("it is there"),
        OBEYED[1].as_bytes()
    );
    // What comes is said before it comes.
    let at = |words: &str| said.err.find(words).unwrap_or_else(|| panic!("{words:?} in {said:?}"));
    assert!(OBEYED.iter().all(|name| at(name) < at("Saved under another name")));
    assert!(
        at("Saving into the folder") < at("Saved under another name"),
        "{said:?}"
    );
    // A program that asks for JSON gets no other files, and a second time what is there is left alone.
    let said = receive_at(&installation, &home, &[&link, "--json"]);
    said.ended_well();
    assert!(said.err.contains(".ssh/authorized_keys"), "{said:?}");
    assert!(
        said.out.contains(r#""folder":"./_bash_login and 4 others (2)""#),
        "{said:?}"
    );
    assert_eq!(
        names(&home),
        ["_bash_login and 4 others", "_bash_login and 4 others (2)"]
    );
}

#[test]
fn n11_a_hidden_folder_or_file_alone_is_shown_unless_it_is_wanted() {
    let installation = RunningInstallation::new();
    installation.file(".ssh/authorized_keys", b"key");
    installation.file(".bashrc", b"alias");
    installation.file("tree/.git/config", b"inside");
    let (folder, file, tree) = (
        installation.send([".ssh"]),
        installation.send([".bashrc"]),
        installation.send(["tree"]),
    );
    let shown = home(&installation, "shown");
    for link in [&folder, &file, &tree] {
        receive_at(&installation, &shown, &[link]).ended_well();
    }
    assert_eq!(names(&shown), ["_bashrc", "_ssh", "tree"]);
    assert_eq!(names(&shown.join("tree")), [".git"], "what was sent inside of a folder");
    let hidden = home(&installation, "hidden");
    for link in [&folder, &file] {
        receive_at(&installation, &hidden, &[link, "--keep-hidden"]).ended_well();
    }
    assert_eq!(names(&hidden), [".bashrc", ".ssh"]);
}

#[test]
fn n11_a_folder_that_is_there_is_left_alone() {
    let installation = RunningInstallation::new();
    installation.file("tree/a", b"new");
    installation.file("out/tree/a", b"old");
    let link = installation.send(["tree"]);
    installation.receive(&link, "out").ended_well();
    assert_eq!(names(&installation.path("out")), ["tree", "tree (2)"]);
    assert_eq!(fs::read(installation.path("out/tree/a")).expect("there"), b"old");
    assert_eq!(fs::read(installation.path("out/tree (2)/a")).expect("there"), b"new");
}

/// A download that cannot begin leaves no folder behind.
#[test]
fn n11_what_was_not_received_leaves_no_folder() {
    let installation = RunningInstallation::new();
    installation.file("tree/a", &content(300_000));
    let link = installation.send(["tree"]);
    let stored = installation.stored().into_iter().next().expect("an object");
    let mut bytes = fs::read(&stored).expect("it is there");
    bytes[1_000] ^= 1;
    fs::write(&stored, bytes).expect("it is ours");
    let said = installation.receive(&link, "out");
    assert_eq!(said.code, 6, "{said:?}");
    assert!(names(&installation.path("out")).is_empty(), "{said:?}");
}
