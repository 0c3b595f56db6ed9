//! What is sent comes back: sizes around every boundary, folders, names, pipes.

use std::fs;

use crate::installation::{CommandOutput, RunningInstallation, content, names, only};

/// Content of a full first part of 10 MiB.
const FIRST: usize = 10_484_496;

#[test]
fn files_of_boundary_sizes_come_back() {
    let installation = RunningInstallation::new();
    for len in [0, 1, FIRST - 1, FIRST, FIRST + 1] {
        let name = format!("{len}.bin");
        let link = installation.send([installation.file(&name, &content(len))]);
        let said = installation.receive(&link, "out");
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.err.contains("complete and unaltered."), "{said:?}");
        assert!(
            fs::read(installation.path("out").join(&name)).expect("it is there") == content(len),
            "{len}"
        );
    }
}

#[test]
fn several_files_and_a_folder_come_back_with_their_paths() {
    let installation = RunningInstallation::new();
    for (name, len) in [
        ("tree/a.txt", 5),
        ("tree/empty", 0),
        ("tree/deep/er/b", 12_000_000),
        ("tree/aux.c", 70_000),
    ] {
        installation.file(name, &content(len));
    }
    let other = installation.file("other.txt", b"other");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", installation.path("tree/link")).expect("a link");
    let said = installation.run([
        "send".as_ref(),
        installation.path("tree").as_os_str(),
        other.as_os_str(),
    ]);
    assert_eq!(said.code, 0, "{said:?}");
    #[cfg(unix)]
    assert!(
        said.err.contains("Left out:") && said.err.contains("tree/link (a symbolic link)"),
        "{said:?}"
    );
    let link = said.out.trim();
    let info = installation.run(["info", link, "--json"]);
    assert!(
        info.out.contains(r#""path":"tree/deep/er/b","bytes":12000000"#),
        "{info:?}"
    );
    let said = installation.receive(link, "out");
    assert_eq!((said.code, said.out.lines().count()), (0, 5), "{said:?}");
    let out = only(&installation.path("out"));
    for (name, len) in [
        ("tree/a.txt", 5),
        ("tree/empty", 0),
        ("tree/deep/er/b", 12_000_000),
        ("tree/aux.c", 70_000),
    ] {
        assert!(fs::read(out.join(name)).expect("it is there") == content(len), "{name}");
    }
    assert_eq!(fs::read(out.join("other.txt")).expect("it is there"), b"other");
    let left: Vec<_> = names(&out.join("tree"));
    assert_eq!(left, ["a.txt", "aux.c", "deep", "empty"], "no .part is left");
}

#[cfg(unix)]
#[test]
fn hostile_names_are_made_fit_and_named() {
    let installation = RunningInstallation::new();
    let long = "x".repeat(255);
    for name in ["h/a\nb", "h/c\\d", "h/\u{202e}gpj.exe", &format!("h/{long}")] {
        installation.file(name, name.as_bytes());
    }
    let said = installation.run(["send".as_ref(), installation.path("h").as_os_str()]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.err.matches("Renamed: ").count(), 3, "{said:?}");
    assert!(!said.err.contains('\u{202e}'), "it cannot turn the terminal: {said:?}");
    let said = installation.receive(said.out.trim(), "out");
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(names(&installation.path("out/h")), ["_gpj.exe", "a_b", "c_d", &long]);
}

#[test]
fn nothing_that_exists_is_overwritten() {
    let installation = RunningInstallation::new();
    let link = installation.send([installation.file("a.txt", b"new")]);
    installation.file("out/a.txt", b"old");
    let said = installation.receive(&link, "out");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("Saved under another name: a.txt → "), "{said:?}");
    assert_eq!(fs::read(installation.path("out/a.txt")).expect("the old one"), b"old");
    assert_eq!(
        fs::read(installation.path("out/a (2).txt")).expect("the new one"),
        b"new"
    );
}

#[test]
fn pipes_of_any_length_come_back() {
    let installation = RunningInstallation::new();
    for len in [0, 1, FIRST - 1, FIRST, FIRST + 1, 35_000_000] {
        let link = installation.send_pipe(&content(len), &["--name", "p.tar"]);
        let folder = format!("out{len}");
        let said = installation.receive(&link, &folder);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(
            fs::read(installation.path(&folder).join("p.tar")).expect("it is there") == content(len),
            "{len}"
        );
    }
    let link = installation.send_pipe(b"x", &[]);
    assert!(installation.run(["info", &link]).out.starts_with("stdin: 1 file"));
}

#[test]
fn a_long_list_of_small_files_comes_back() {
    let installation = RunningInstallation::new();
    for i in 0..1_200 {
        installation.file(&format!("many/{i:04}-{}", "n".repeat(60)), format!("{i}").as_bytes());
    }
    let link = installation.send([installation.path("many")]);
    let said = installation.receive(&link, "out");
    assert_eq!((said.code, said.out.lines().count()), (0, 1_200), "{}", said.err);
    assert_eq!(
        fs::read(installation.path("out/many").join(format!("0777-{}", "n".repeat(60)))).expect("there"),
        b"777"
    );
}

#[test]
fn json_has_its_stable_keys() {
    let installation = RunningInstallation::new();
    let a = installation.file("a.txt", b"hello");
    let line = installation.send(["--json".as_ref(), "--downloads".as_ref(), "3".as_ref(), a.as_os_str()]);
    let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let object = said.as_object().expect("an object");
    let keys: Vec<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "expires_at",
            "files",
            "id",
            "link",
            "owner_token",
            "plain_bytes",
            "sealed_bytes"
        ]
    );
    assert_eq!(
        (&said["files"], &said["plain_bytes"], &said["sealed_bytes"]),
        (&1.into(), &5.into(), &65_536.into())
    );
    assert_eq!(said["owner_token"].as_str().map(str::len), Some(43));
    let exact = installation.send(["--json".as_ref(), "--exact-size".as_ref(), a.as_os_str()]);
    assert!(exact.contains(r#""sealed_bytes":177"#), "{exact}");
    let info = installation.run(["info", said["link"].as_str().expect("a link"), "--json"]);
    assert!(
        info.out
            .contains(r#""downloads_left":3,"max_downloads":3,"password":false"#),
        "{info:?}"
    );
}

/// The sender of a link sees its state, also when it is used up; a person who only has the link does not.
#[test]
fn d15_who_sent_a_link_sees_its_counts() {
    let installation = RunningInstallation::new();
    let file = installation.file("a.txt", b"a");
    let link = installation.send(["--downloads".as_ref(), "1".as_ref(), file.as_os_str()]);
    let counts = |said: &CommandOutput| {
        said.out
            .split(r#""counts":"#)
            .nth(1)
            .map(str::trim_end)
            .map(str::to_owned)
    };
    let before = installation.run(["info", &link, "--json"]);
    assert_eq!(
        counts(&before).as_deref(),
        Some(r#"{"opened":0,"active":0,"used":0,"failed":0}}"#)
    );
    let words = installation.run(["info", &link]);
    assert!(
        words.out.contains("Sent from here: opened once, 0 downloads"),
        "{words:?}"
    );
    let stranger = installation
        .command(["info", &link, "--json"])
        .env("SEALDROP_STATE", installation.path("elsewhere"))
        .output();
    let stranger = CommandOutput::from(stranger.expect("it starts"));
    assert_eq!(counts(&stranger).as_deref(), Some("null}"));
    assert_eq!(installation.receive(&link, "out").code, 0);
    let over = installation.run(["info", &link]);
    assert_eq!(over.code, 4, "{over:?}");
    assert!(over.err.contains("1 download"), "{over:?}");
}
