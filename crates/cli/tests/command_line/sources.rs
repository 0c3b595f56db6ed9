//! Files whose size is not what the system says, and what is no file.

use std::{fs, os::unix::net::UnixListener, path::Path, process::Command};

use crate::installation::{RunningInstallation, names, only};

#[test]
fn x26_files_whose_size_lies_arrive_with_what_is_in_them() {
    let installation = RunningInstallation::new();
    // By their stat 0 and 4096 bytes long, or whatever: none is as long as it says.
    let lying = [
        "/proc/version",
        "/proc/filesystems",
        "/sys/devices/system/cpu/online",
        "/sys/kernel/mm/transparent_hugepage/enabled",
    ];
    let lying: Vec<&Path> = lying.iter().map(Path::new).filter(|path| path.exists()).collect();
    assert!(lying.len() > 1, "this system has none");
    let link = installation.send(&lying);
    installation.receive(&link, "out").ended_well();
    for path in &lying {
        let name = path.file_name().expect("a name");
        let got = fs::read(only(&installation.path("out")).join(name)).expect("it arrived");
        assert!(!got.is_empty() && got == fs::read(path).expect("it reads"), "{path:?}");
    }
    // One alone, and below a folder.
    let link = installation.send([lying[0]]);
    let info = installation.run(["info", &link, "--json"]);
    assert!(!info.out.contains(r#""plain_bytes":0"#), "{info:?}");
}

#[test]
fn x26_what_cannot_be_read_to_an_end_is_refused_before_the_first_byte() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    // Zero bytes long, and reading fails.
    let said = installation.run(["send", "/proc/self/mem", "a"]);
    said.ended(7, "/proc/self/mem: ");
    // Longer than is kept in memory.
    let said = installation.run(["send", "/proc/self/pagemap"]);
    said.ended(7, "/proc/self/pagemap: ");
    assert!(said.err.contains("sealdrop send - <"), "{said:?}");
    assert!(installation.stored().is_empty());
    let said = installation.run(["send", "/proc/self/mem", "a", "--skip-unreadable"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("Left out: /proc/self/mem ("), "{said:?}");
}

#[test]
fn x27_pipes_devices_and_sockets_are_named_and_never_waited_for() {
    let installation = RunningInstallation::new();
    installation.file("tree/a", b"words");
    let made = Command::new("mkfifo").arg(installation.path("tree/pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    let _socket = UnixListener::bind(installation.path("tree/socket")).expect("a socket");
    let said = installation.run(["send", "tree/pipe", "tree/socket", "/dev/zero", "tree/a"]);
    assert!(said.out.is_empty(), "{said:?}");
    said.ended(7, "Nothing was sent");
    for named in [
        "tree/pipe (a pipe; use: sealdrop send - < tree/pipe)",
        "tree/socket (a socket)",
        "/dev/zero (a device; use: sealdrop send - < /dev/zero)",
    ] {
        assert!(said.err.contains(named), "{named}: {said:?}");
    }
    let several = ["send", "tree/pipe", "tree/a", "--skip-unreadable"];
    assert_eq!(installation.run(several).code, 0);
    // Those in a folder are left out, and named.
    let said = installation.run(["send", "tree"]);
    for named in ["tree/pipe (a pipe)", "tree/socket (a socket)"] {
        assert!(said.err.contains(&format!("Left out: {named}")), "{said:?}");
    }
    installation.receive(said.out.trim(), "out").ended_well();
    assert_eq!(names(&installation.path("out/tree")), ["a"]);
}
