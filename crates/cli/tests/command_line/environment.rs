//! Variables of ours that are set and cannot be used.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use crate::house::{House, Said};

#[test]
fn x20_a_variable_that_is_set_and_cannot_be_used_ends_the_run() {
    let house = House::new();
    let file = house.file("a", b"secret words");
    let link = house.send([&file]);
    let before = house.stored();
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
            let output = house.command(command).env(name, OsStr::from_bytes(value)).output();
            let said = Said::from(output.expect("it starts"));
            assert!(said.out.is_empty(), "{name} {command:?}: {said:?}");
            said.ended(2, name);
        }
    }
    assert_eq!(house.stored(), before, "nothing was sent");
    assert!(!house.path("out").exists());
    // A server that is named on the command line is no way around a broken one in the environment; the others work.
    house.run(["info", &link]).ended_well();
}

#[test]
fn x20_a_password_of_the_environment_is_used_as_it_is() {
    let house = House::new();
    house.file("a", b"secret words");
    let output = house.command(["send", "a"]).env("SEALDROP_PASSWORD", " ").output();
    let link = Said::from(output.expect("it starts")).out;
    house.run(["info", link.trim()]).ended(2, "set SEALDROP_PASSWORD");
}
