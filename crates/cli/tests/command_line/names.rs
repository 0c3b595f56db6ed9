//! Names that are no UTF-8.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt};

use crate::installation::{RunningInstallation, names, only};

#[test]
fn x33_names_that_are_no_utf8_do_not_clash_and_are_all_told() {
    let installation = RunningInstallation::new();
    let bytes: [&[u8]; 2] = [b"latin1-\xe8.txt", b"latin1-\xe9.txt"];
    fs::create_dir(installation.path("tree")).expect("a folder");
    for name in bytes {
        fs::write(installation.path("tree").join(OsStr::from_bytes(name)), name).expect("a file");
    }
    let in_tree = bytes.map(|name| installation.path("tree").join(OsStr::from_bytes(name)));
    let given = [
        vec!["send".into(), installation.path("tree").into_os_string()],
        [OsStr::new("send").to_owned()]
            .into_iter()
            .chain(in_tree.iter().map(|path| path.clone().into_os_string()))
            .collect(),
    ];
    for (arguments, into) in given.into_iter().zip(["folder", "files"]) {
        let said = installation.run(&arguments);
        assert_eq!(said.code, 0, "{said:?}");
        for (from, to) in [
            (r"latin1-\xE8.txt", "latin1-_xE8.txt"),
            (r"latin1-\xE9.txt", "latin1-_xE9.txt"),
        ] {
            let told = |line: &str| line.starts_with("Renamed: ") && line.contains(from) && line.ends_with(to);
            assert!(said.err.lines().any(told), "{from}: {said:?}");
        }
        installation.receive(said.out.trim(), into).ended_well();
        let out = only(&installation.path(into));
        assert_eq!(names(&out), ["latin1-_xE8.txt", "latin1-_xE9.txt"]);
        assert_eq!(
            fs::read(out.join("latin1-_xE9.txt")).expect("it is there"),
            b"latin1-\xe9.txt"
        );
    }
}

#[test]
fn x33_what_cannot_be_sent_is_told_apart_and_paths_are_printed_as_they_are() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let missing = [&b"gone-\xe8"[..], b"gone-\xe9"].map(|name| OsStr::from_bytes(name).to_owned());
    let said = installation.run([OsStr::new("send").to_owned()].into_iter().chain(missing));
    said.ended(7, r"gone-\xE8 (no such file), gone-\xE9 (no such file)");
    let link = installation.send(["a"]);
    let output = installation
        .command([OsStr::new("receive"), OsStr::new(&link), OsStr::new("-o")])
        .arg(OsStr::from_bytes(b"out-\xe8"))
        .output()
        .expect("it starts");
    assert_eq!(output.stdout, b"out-\xe8/a\n", "{output:?}");
}
