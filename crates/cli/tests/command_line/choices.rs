//! Choices that would be refused at the end are refused at the beginning, and addresses that lead elsewhere are named.

use std::{
    io::{Read, Write},
    net::TcpListener,
};

use crate::installation::{CommandOutput, RunningInstallation, content};

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("it has one"));
    (listener, address)
}

/// Answers every request with this status and these headers.
fn answer_all(listener: TcpListener, head: String) {
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let answer = format!("HTTP/1.1 {head}Content-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
}

#[test]
fn x29_an_expiry_that_the_server_refuses_is_said_before_the_first_byte() {
    let installation = RunningInstallation::new();
    installation.file("a", &content(100_000));
    for _ in 0..2 {
        installation
            .run(["send", "a", "--expires", "30s"])
            .ended(8, "A link must last at least 1 minute on this server.");
        assert!(installation.stored().is_empty(), "nothing was uploaded");
    }
    let mut child = installation
        .command(["send", "-", "--expires", "59s"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let input = child.stdin.take();
    CommandOutput::from(child.wait_with_output().expect("it ends")).ended(8, "at least 1 minute");
    drop(input);
    installation.send(["a", "--expires", "60s"]);
}

#[test]
fn x29_choices_that_no_link_can_hold_are_said_before_anybody_is_asked() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let nowhere = |more: &[&str], password: Option<&str>| {
        let mut command = installation.command(["send", "a", "--server", "http://127.0.0.1:9"].iter().chain(more));
        command.envs(password.map(|password| ("SEALDROP_PASSWORD", password)));
        CommandOutput::from(command.output().expect("it starts"))
    };
    nowhere(&["--note", &"n".repeat(4097)], None).ended(8, "A note is at most 4,096 bytes.");
    nowhere(&[], Some(&"p".repeat(1025))).ended(8, "A password is 1 to 1,024 bytes.");
    nowhere(&["--note", &"n".repeat(4096)], Some(&"p".repeat(1024))).ended(3, "does not answer");
}

#[test]
fn x30_a_server_that_redirects_is_named_with_where_to() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let link = installation.send(["a"]);
    let (listener, address) = listen();
    let target = address.replace("http://", "https://");
    let location = format!("Location: {target}/api/v1/limits?a=b\r\n");
    answer_all(listener, format!("308 Permanent Redirect\r\n{location}"));
    let said = installation.run(["send", "a", "--server", &address]);
    said.ended(3, &format!("{address} redirects to {target}"));
    assert!(said.err.contains(&format!("--server {target}")), "{said:?}");
    let said = installation.receive(&link.replace(&installation.address, &address), "out");
    said.ended(3, &format!("{address} redirects to {target}"));
    assert!(said.err.contains("Open the link"), "{said:?}");
}

#[test]
fn x30_a_server_that_does_not_answer_is_told_with_why() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    // The server of the test speaks no HTTPS.
    let plain = installation.address.replace("http://", "https://");
    for (server, why) in [
        ("http://127.0.0.1:9", "does not answer: it refuses the connection."),
        ("http://drop.invalid", "does not answer: its name cannot be resolved."),
        (&plain, "does not answer: it does not speak HTTPS"),
    ] {
        installation.run(["send", "a", "--server", server]).ended(3, why);
    }
}

#[test]
fn x31_a_proxy_that_leads_nowhere_is_named() {
    let installation = RunningInstallation::new();
    installation.file("a", b"words");
    let sending = |name: &str, value: &str, server: &str| {
        let mut command = installation.command(["send", "a", "--server", server]);
        for other in [
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "HTTPS_PROXY",
            "all_proxy",
            "ALL_PROXY",
            "no_proxy",
            "NO_PROXY",
        ] {
            command.env_remove(other);
        }
        CommandOutput::from(command.env(name, value).output().expect("it starts"))
    };
    let (plain, tls) = ("http://drop.invalid", "https://drop.invalid");
    for (name, server) in [("http_proxy", plain), ("HTTPS_PROXY", tls), ("all_proxy", tls)] {
        let said = sending(name, "http://user:hidden@127.0.0.1:9", server);
        said.ended(3, name);
        assert!(
            said.err.contains("127.0.0.1:9") && !said.err.contains("hidden"),
            "{said:?}"
        );
    }
    // One that answers, but not for the server.
    let (listener, address) = listen();
    answer_all(listener, "403 Forbidden\r\n".to_owned());
    let said = sending("http_proxy", &address, plain);
    said.ended(1, "of http_proxy, or something behind it, refuses this request (403)");
    assert!(said.err.contains("NO_PROXY"), "{said:?}");
    // One for other servers is not.
    let said = sending("https_proxy", "http://127.0.0.1:9", "http://127.0.0.1:9");
    assert!(!said.err.contains("proxy"), "{said:?}");
}
