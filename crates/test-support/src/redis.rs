//! A Redis for tests: Debian's `redis-server` on a socket in a folder of its own, which can be stopped, frozen and started again.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A running Redis; ended when it is dropped.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    child: Child,
}

impl RedisServer {
    /// Starts one.
    ///
    /// # Panics
    /// When `redis-server` is not installed, or does not listen within 30 seconds.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let child = spawn(&folder);
        Self { folder, child }
    }

    /// Where it is, as `REDIS_URL` says it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("unix://{}", socket(&self.folder).display())
    }

    /// Ends it at once, with all that it holds.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again where it was, with nothing in it.
    pub fn restart(&mut self) {
        self.kill();
        self.child = spawn(&self.folder);
    }

    /// Lets it accept connections and answer nothing.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(self.child.id().to_string())
            .status();
        assert!(sent.is_ok_and(|sent| sent.success()), "{signal} is sent");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn socket(folder: &TempDir) -> PathBuf {
    folder.path().join("redis.sock")
}

fn spawn(folder: &TempDir) -> Child {
    let socket = socket(folder);
    let _ = std::fs::remove_file(&socket);
    let child = Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
        .arg(&socket)
        .arg("--dir")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server is installed (scripts/setup.sh test)");
    let begun = Instant::now();
    while std::os::unix::net::UnixStream::connect(&socket).is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "redis-server does not listen"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}
