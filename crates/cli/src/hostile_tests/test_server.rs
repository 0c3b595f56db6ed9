//! A real server, and links made on it by the real command line.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use sealdrop_test_support::malicious_server::{Hostile, Tape};
use tempfile::TempDir;

use super::client::{Client, Files, Received};

/// A running server, ended when dropped.
pub(super) struct TestServer {
    server: Child,
    address: String,
    folder: TempDir,
}

/// A link, what it holds, and what an honest download of it was answered.
pub(super) struct Sealed {
    /// The link without its origin.
    pub(super) link: String,
    pub(super) files: Files,
    pub(super) password: Option<&'static str>,
    pub(super) tape: Tape,
    /// What an honest download gave, with what it learned on the way.
    pub(super) honest: Received,
}

/// A binary of this workspace, built beside this test.
fn binary(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("this test is a file");
    let path = here
        .ancestors()
        .nth(2)
        .expect("it lies in target/PROFILE/deps")
        .join(name);
    assert!(
        path.exists(),
        "{name} is needed: cargo build -p sealdrop-server -p sealdrop-cli"
    );
    path
}

impl TestServer {
    pub(super) fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut server = Command::new(binary("sealdrop-server"))
            .arg("serve")
            .current_dir(folder.path())
            .env("SEALDROP_ADDR", "127.0.0.1:0")
            .env("SEALDROP_DATA", folder.path().join("data"))
            .env("SEALDROP_RATE_LIMITS", "off")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut said = BufReader::new(server.stdout.take().expect("its output is ours")).lines();
        let address = loop {
            let line = said.next().expect("it says where it is").expect("it speaks");
            if let Some(at) = line.find("http://") {
                break line[at..].trim().trim_end_matches('/').to_owned();
            }
        };
        // What it says later is read and dropped, so that it never waits for a reader.
        std::thread::spawn(move || said.for_each(drop));
        Self {
            server,
            address,
            folder,
        }
    }

    /// Sends files and receives them once, honestly, with a tape running.
    pub(super) async fn seal(&self, files: &Files) -> Sealed {
        self.seal_with(files, None).await
    }

    /// The same with a password.
    pub(super) async fn seal_with(&self, files: &Files, password: Option<&'static str>) -> Sealed {
        let folder = TempDir::new_in(self.folder.path()).expect("a folder");
        let mut sending = Command::new(binary("sealdrop"));
        match password {
            None => sending.arg("send").env_remove("SEALDROP_PASSWORD"),
            Some(password) => sending.args(["send", "--password"]).env("SEALDROP_PASSWORD", password),
        };
        let sending = sending
            .args(files.keys())
            .current_dir(write(folder.path(), files))
            .env("SEALDROP_SERVER", &self.address)
            .env("SEALDROP_STATE", self.folder.path().join("state"))
            .stdin(Stdio::null())
            .output()
            .expect("the command line starts");
        assert!(sending.status.success(), "{}", String::from_utf8_lossy(&sending.stderr));
        let text = String::from_utf8(sending.stdout).expect("a link is text");
        let link = text
            .trim()
            .strip_prefix(&self.address)
            .expect("a link of this server")
            .to_owned();
        let recording = Hostile::in_front_of(&self.address).await.expect("a free port");
        let mut client = Client::new(&recording.address);
        client.password = password;
        let honest = client.receive(&link).await;
        assert_eq!(honest.result, Ok(()), "the honest download");
        assert_eq!(honest.finished, *files, "and what it gave");
        Sealed {
            link,
            files: files.clone(),
            password,
            tape: recording.tape(),
            honest,
        }
    }
}

fn write<'a>(folder: &'a Path, files: &Files) -> &'a Path {
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("a file");
    }
    folder
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // It may have ended already: then there is nothing to end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Bytes that do not repeat in the distance of a record, different for each seed.
pub(super) fn content(seed: u8, len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8 ^ seed).collect()
}

pub(super) fn one_file(name: &str, bytes: Vec<u8>) -> Files {
    BTreeMap::from([(name.to_owned(), bytes)])
}
