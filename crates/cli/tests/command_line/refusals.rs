//! What goes wrong ends with its documented code and a sentence, and loses nothing.

use std::{fs, process::Stdio};

use crate::installation::{CommandOutput, RunningInstallation, content, names};

#[test]
fn a_wrong_password_is_5() {
    let installation = RunningInstallation::new();
    let a = installation.file("a", b"secret words");
    let sending = installation
        .command(["send".as_ref(), a.as_os_str()])
        .env("SEALDROP_PASSWORD", "right")
        .output();
    let link = CommandOutput::from(sending.expect("it starts")).out.trim().to_owned();
    let receive = |password: &str| {
        let output = installation
            .command(["receive", &link, "-o", "out"])
            .env("SEALDROP_PASSWORD", password)
            .output();
        CommandOutput::from(output.expect("it starts"))
    };
    receive("wrong").ended(5, "Wrong password.");
    assert!(names(&installation.path("out")).is_empty());
    installation.receive(&link, "out").ended(2, "set SEALDROP_PASSWORD");
    assert_eq!(receive("right").code, 0);
    assert_eq!(
        fs::read(installation.path("out/a")).expect("it is there"),
        b"secret words"
    );
}

#[test]
fn links_that_ended_are_4() {
    let installation = RunningInstallation::new();
    let a = installation.file("a", b"x");
    let link = installation.send(["--downloads".as_ref(), "1".as_ref(), a.as_os_str()]);
    assert_eq!(installation.receive(&link, "out").code, 0);
    installation.receive(&link, "out").ended(
        4,
        "This link has reached its download limit. The sender can allow more downloads until ",
    );

    let link = installation.send([&a]);
    let said = installation.run(["revoke", &link]);
    said.ended(0, "The link is revoked");
    installation
        .receive(&link, "out")
        .ended(4, "The sender turned this link off.");
    installation
        .run(["revoke", &link])
        .ended(1, "This machine has no owner token for that link");

    // By the id alone, as `links` prints it.
    let link = installation.send([&a]);
    let said = installation.run(["links"]);
    let id = said.out.split_whitespace().next().expect("an id").to_owned();
    assert!(link.contains(&format!("/d/{id}#")), "{link} {}", said.out);
    installation.run(["revoke", &id]).ended(0, "The link is revoked");
    installation
        .receive(&link, "out")
        .ended(4, "The sender turned this link off.");
    installation
        .run(["revoke", &id])
        .ended(1, "This machine has no owner token for that link");

    let link = installation.send(["--expires".as_ref(), "60s".as_ref(), a.as_os_str()]);
    installation.expire_links();
    installation.receive(&link, "out").ended(4, "This link has expired.");
    assert_eq!(names(&installation.path("out")), ["a"]);
}

#[test]
fn a_text_that_is_no_whole_link_is_2_and_nobody_is_asked() {
    let installation = RunningInstallation::new();
    let link = installation.send([installation.file("a", b"x")]);
    let address = link.split('#').next().expect("an address");
    installation.receive(address, "out").ended(2, "The link has no key");
    installation
        .receive(&link[..link.len() - 1], "out")
        .ended(2, "its end is missing");
    installation
        .receive("https://example.com/file.zip", "out")
        .ended(2, "This is not a Sealdrop link");
    let other = installation.send([installation.path("a")]);
    let mixed = format!("{address}#{}", other.split('#').nth(1).expect("a key"));
    installation.receive(&mixed, "out").ended(2, "of different links");
    assert!(!installation.path("out").exists());
}

#[test]
fn a_server_that_is_away_is_3() {
    let installation = RunningInstallation::new();
    let link = installation.send([installation.file("a", b"x")]);
    let (address, path) = (installation.address.clone(), installation.path("a"));
    let away = "http://127.0.0.1:9";
    let said = installation.run(["send".as_ref(), "--server".as_ref(), away.as_ref(), path.as_os_str()]);
    said.ended(3, "http://127.0.0.1:9 does not answer");
    installation
        .receive(&link.replace(&address, away), "out")
        .ended(3, "Check the network");
    installation
        .run(["send", "--server", "not an address", "a"])
        .ended(2, "is not a server address");
}

#[test]
fn what_was_altered_in_the_bucket_is_6_and_never_gets_its_name() {
    let installation = RunningInstallation::new();
    let link = installation.send([installation.file("a.bin", &content(25_000_000))]);
    let stored = installation.stored();
    let altered = stored.first().expect("the bucket holds it");
    let original = fs::read(altered).expect("it reads");
    let mut bytes = original.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(altered, &bytes).expect("it is ours to alter");
    installation
        .receive(&link, "out")
        .ended(6, "The data was changed or damaged");
    assert!(names(&installation.path("out")).is_empty(), "nothing is left behind");
    let counted = installation.run(["info", &link, "--json"]);
    assert!(
        counted.out.contains(r#""downloads_left":10"#),
        "the place was given back: {counted:?}"
    );
    fs::write(altered, original).expect("it is ours to mend");
    assert_eq!(installation.receive(&link, "out").code, 0);
}

#[test]
fn a_file_that_is_missing_is_7_and_one_over_the_limit_8() {
    let installation = RunningInstallation::with(&[("SEALDROP_GUEST_MAX_BYTES", "1MiB")]);
    installation
        .run(["send", "nowhere.txt"])
        .ended(7, "nowhere.txt: no such file.");
    let big = installation.file("big", &content(3_000_000));
    installation
        .run(["send".as_ref(), big.as_os_str()])
        .ended(8, "The limit is 1.0 MB.");
    let a = installation.file("a", b"x");
    let long = installation.run(["send".as_ref(), "--expires".as_ref(), "90d".as_ref(), a.as_os_str()]);
    long.ended(8, "A link can last at most 30 days on this server.");
    let many = installation.run(["send".as_ref(), "--downloads".as_ref(), "101".as_ref(), a.as_os_str()]);
    many.ended(8, "A link can have at most 100 downloads on this server.");
    assert!(
        installation.stored().is_empty(),
        "all of it is said before the first byte"
    );
}

#[cfg(unix)]
#[test]
fn d07_a_full_disk_is_8_and_leaves_nothing() {
    let installation = RunningInstallation::new();
    let link = installation.send([installation.file("a.bin", &content(25_000_000))]);
    let script = format!(
        "ulimit -f 4096; exec '{}' receive '{link}' -o out",
        env!("CARGO_BIN_EXE_sealdrop")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(installation.folder())
        .output();
    CommandOutput::from(output.expect("a shell")).ended(8, "there is not enough space for a.bin.");
    assert!(names(&installation.path("out")).is_empty());
    let counted = installation.run(["info", &link, "--json"]);
    assert!(counted.out.contains(r#""downloads_left":10"#), "{counted:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_130_and_leaves_nothing_in_the_bucket() {
    use std::io::{Read, Write};

    let installation = RunningInstallation::new();
    let mut child = installation
        .command(["send", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("its input is ours");
    input.write_all(&content(32_000_000)).expect("it reads");
    let interrupted = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.expect("kill runs").success());
    let code = child.wait().expect("it ends").code();
    let mut words = String::new();
    child
        .stderr
        .take()
        .expect("its words are ours")
        .read_to_string(&mut words)
        .expect("words");
    assert_eq!(code, Some(130), "{words}");
    assert!(
        words.contains("No link was made. Your files are not touched."),
        "{words}"
    );
    drop(input);
    // The bucket lets go of a part that was arriving when its connection ends, which may be after the command's own end.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !installation.stored().is_empty() && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(installation.stored().is_empty(), "what was begun is removed");
}

#[cfg(unix)]
#[test]
fn a_link_planted_in_the_folder_is_not_followed() {
    let installation = RunningInstallation::new();
    installation.file("tree/inner/a", b"x");
    let link = installation.send([installation.path("tree")]);
    fs::create_dir_all(installation.path("out")).expect("a folder");
    fs::create_dir_all(installation.path("outside")).expect("a folder");
    std::os::unix::fs::symlink(installation.path("outside"), installation.path("out/tree")).expect("a link");
    installation.receive(&link, "out").ended_well();
    assert!(names(&installation.path("outside")).is_empty());
    assert_eq!(names(&installation.path("out")), ["tree", "tree (2)"]);
}

#[test]
fn what_cannot_be_read_is_named_and_left_out_if_that_is_wished() {
    let installation = RunningInstallation::new();
    installation.file("tree/a.txt", b"a");
    fs::create_dir_all(installation.path("tree/empty")).expect("a folder");
    let both = ["send", "tree", "gone.txt", "lost.txt"];
    let said = installation.run(both);
    said.ended(7, "gone.txt (no such file), lost.txt (no such file)");
    assert!(
        said.err.contains("--skip-unreadable") && said.out.is_empty(),
        "{said:?}"
    );
    let said = installation.run(both.iter().chain(&["--skip-unreadable"]));
    assert_eq!(said.code, 0, "{said:?}");
    for left_out in ["gone.txt", "lost.txt", "tree/empty (an empty folder)"] {
        assert!(said.err.contains(&format!("Left out: {left_out}")), "{said:?}");
    }
    installation.receive(said.out.trim(), "got").ended_well();
    assert_eq!(names(&installation.path("got/tree")), ["a.txt"]);
    // Nothing at all is no link.
    installation
        .run(["send", "tree/empty"])
        .ended(7, "There is no file to send.");
    installation
        .run(["send", "gone.txt", "--skip-unreadable"])
        .ended(7, "Nothing was sent");
}
