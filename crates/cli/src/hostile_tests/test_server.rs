//! A real server, and links made on it by the real command line.

use std::{collections::BTreeMap, fs, path::Path};

pub(super) use sealdrop_test_support::content;
use sealdrop_test_support::{
    installation::TestInstallation,
    malicious_server::{MaliciousServer, Recording},
};
use tempfile::TempDir;

use super::client::{Client, Files, Received};

/// An installation whose server runs.
pub(super) struct TestServer {
    installation: TestInstallation,
    address: String,
}

/// A link, what it holds, and what an honest download of it was answered.
pub(super) struct Sealed {
    /// The link without its origin.
    pub(super) link: String,
    pub(super) files: Files,
    pub(super) password: Option<&'static str>,
    pub(super) recording: Recording,
    /// What an honest download gave, with what it learned on the way.
    pub(super) honest: Received,
}

impl TestServer {
    pub(super) fn start() -> Self {
        let installation = TestInstallation::new(None).expect("a temporary folder");
        let mut installation = installation.with_settings(&[("SEALDROP_RATE_LIMITS", "off")]);
        installation.start(None).expect("the server starts");
        let address = installation.address();
        Self { installation, address }
    }

    /// Sends files and receives them once, honestly, with a recording running.
    pub(super) async fn seal(&self, files: &Files) -> Sealed {
        self.seal_with(files, None).await
    }

    /// The same with a password.
    pub(super) async fn seal_with(&self, files: &Files, password: Option<&'static str>) -> Sealed {
        let folder = TempDir::new_in(self.installation.path("")).expect("a folder");
        let options: &[&str] = if password.is_some() { &["--password"] } else { &[] };
        let arguments = ["send"]
            .iter()
            .chain(options)
            .copied()
            .chain(files.keys().map(String::as_str));
        let mut sending = self
            .installation
            .cli(&self.address, arguments)
            .expect("the command line is built");
        let sending = sending
            .envs(password.map(|password| ("SEALDROP_PASSWORD", password)))
            .current_dir(write(folder.path(), files))
            .output()
            .expect("the command line starts");
        assert!(sending.status.success(), "{}", String::from_utf8_lossy(&sending.stderr));
        let text = String::from_utf8(sending.stdout).expect("a link is text");
        let link = text
            .trim()
            .strip_prefix(&self.address)
            .expect("a link of this server")
            .to_owned();
        let recording = MaliciousServer::in_front_of(&self.address).await.expect("a free port");
        let mut client = Client::new(&recording.address);
        client.password = password;
        let honest = client.receive(&link).await;
        assert_eq!(honest.result, Ok(()), "the honest download");
        assert_eq!(honest.finished, *files, "and what it gave");
        Sealed {
            link,
            files: files.clone(),
            password,
            recording: recording.recording(),
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

pub(super) fn one_file(name: &str, bytes: Vec<u8>) -> Files {
    BTreeMap::from([(name.to_owned(), bytes)])
}
