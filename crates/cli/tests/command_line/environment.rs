//! Variables of ours that are set and cannot be used.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use crate::installation::{CommandOutput, RunningInstallation};

#[test]
fn x20_a_variable_that_is_set_and_cannot_be_used_ends_the_run() {
    let installation = RunningInstallation::new();
    let file = installation.file("a", b"secret words");
    let link = installation.send([&file]);
    let before = installation.stored();
    let not_a_folder = file.to_str().expect("text").as_bytes();
    let wrong: [(&str, &[u8]); 9] = [
        ("SEALDROP_PASSWORD", b"pass\xffword"),
        ("SEALDROP_PASSWORD", b""),
        // The server's secrets have such a twin. Here it would send without a password.
        ("SEALDROP_PASSWORD_FILE", b"a"),
        ("SEALDROP_SERVER", b"http://127.0.0.1:9/\xff"),
        ("SEALDROP_SERVER", b""),
        ("SEALDROP_SERVER", b"nowhere"),
        ("SEALDROP_STATE", b""),
        ("SEALDROP_STATE", not_a_folder),
        ("SEALDROP_STATE", b"/dev/null/state"),
    ];
    let commands: [&[&str]; 5] = [
        &["send", "a"],
        &["receive", &link, "-o", "out"],
        &["info", &link],
        &["links"],
        &["revoke", &link],
    ];
    for (name, value) in wrong {
        for command in commands {
            let output = installation
                .command(command)
                .env(name, OsStr::from_bytes(value))
                .output();
            let said = CommandOutput::from(output.expect("it starts"));
            assert!(said.out.is_empty(), "{name} {command:?}: {said:?}");
            said.ended(2, name);
        }
    }
    assert_eq!(installation.stored(), before, "nothing was sent");
    assert!(!installation.path("out").exists());
    // A server that is named on the command line is no way around a broken one in the environment; the others work.
    installation.run(["info", &link]).ended_well();
}

#[test]
fn x20_a_password_of_the_environment_is_used_as_it_is() {
    let installation = RunningInstallation::new();
    installation.file("a", b"secret words");
    let output = installation
        .command(["send", "a"])
        .env("SEALDROP_PASSWORD", " ")
        .output();
    let link = CommandOutput::from(output.expect("it starts")).out;
    installation
        .run(["info", link.trim()])
        .ended(2, "set SEALDROP_PASSWORD");
}

#[test]
fn n16_a_state_folder_that_was_there_keeps_its_rights() {
    use std::{fs, os::unix::fs::PermissionsExt};
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let rights = |name: &str| {
        fs::metadata(installation.path(name))
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    let with = |folder: &str, mode: u32| {
        fs::create_dir(installation.path(folder)).expect("a folder");
        fs::set_permissions(installation.path(folder), fs::Permissions::from_mode(mode)).expect("it is ours");
        let mut command = installation.command(["send", "a"]);
        CommandOutput::from(
            command
                .env("SEALDROP_STATE", installation.path(folder))
                .output()
                .expect("it starts"),
        )
    };
    let said = with("open", 0o755);
    said.ended_well();
    assert!(said.err.contains("Others may look into the state folder"), "{said:?}");
    assert_eq!(
        (rights("open"), rights("open/sent"), rights("open/device.key")),
        (0o755, 0o700, 0o600)
    );
    with("for everybody", 0o777).ended(2, "chmod 700");
    assert_eq!(rights("for everybody"), 0o777);
    let said = with("closed", 0o700);
    said.ended_well();
    assert!(!said.err.contains("state folder"), "{said:?}");
}
