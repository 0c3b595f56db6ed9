//! The binary as operators meet it: one line at the start, signs of life, an end on request, a doctor.

use std::{
    io::{self, BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
    thread::JoinHandle,
};

use reqwest::StatusCode;
use sealdrop_api::GetLimits;

use crate::harness::{Result, Server, client};

/// A process of its own, ended when the test ends, however it ends.
pub(crate) struct Process {
    child: Child,
    pub(crate) base: String,
    stdout: Option<BufReader<std::process::ChildStdout>>,
    /// What it logs. Read all the time: a full pipe would stop whatever has something to log.
    logged: Option<JoinHandle<io::Result<String>>>,
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealdrop-server"));
    command.env_clear().current_dir(data.parent().unwrap_or(data));
    command.env("SEALDROP_ADDR", "127.0.0.1:0").env("SEALDROP_DATA", data);
    command
}

impl Process {
    pub(crate) fn start(data: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        Self::start_and(data, settings, true)
    }

    /// Reads its log from the first line on, or never.
    fn start_and(data: &Path, settings: &[(&str, &str)], reads_log: bool) -> Result<Self> {
        let mut child = command(data)
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let read = |mut stderr: ChildStderr| {
            std::thread::spawn(move || {
                let mut logged = String::new();
                stderr.read_to_string(&mut logged).map(|_| logged)
            })
        };
        let logged = if reads_log { child.stderr.take().map(read) } else { None };
        let mut stdout = BufReader::new(child.stdout.take().ok_or("stdout")?);
        let mut process = Self {
            child,
            base: String::new(),
            stdout: None,
            logged,
        };
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        match line.trim().strip_prefix("Sealdrop is at ") {
            Some(url) => process.base = url.trim_end_matches('/').to_owned(),
            None => {
                let _ = process.child.kill();
                return Err(format!("it said {line:?} and {}", process.log()?).into());
            }
        }
        process.stdout = Some(stdout);
        Ok(process)
    }

    /// What it logged until it ended.
    fn log(&mut self) -> Result<String> {
        let reading = self.logged.take().ok_or("its log is read elsewhere")?;
        Ok(reading.join().map_err(|_| "no panic")??)
    }

    #[cfg(target_os = "linux")]
    fn of(child: Child) -> Self {
        Self {
            child,
            base: String::new(),
            stdout: None,
            logged: None,
        }
    }

    /// Tells it to end, as a supervisor does.
    pub(crate) fn terminate(&self) -> Result {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        assert!(told.success());
        Ok(())
    }

    /// Ends it as a supervisor does, and returns what it wrote: to stdout after its first line, and to stderr.
    pub(crate) fn end(self) -> Result<(std::process::ExitStatus, String, String)> {
        self.terminate()?;
        self.ended()
    }

    /// The same of one that was told to end.
    pub(crate) fn ended(mut self) -> Result<(std::process::ExitStatus, String, String)> {
        let mut said = String::new();
        self.stdout.take().ok_or("stdout")?.read_to_string(&mut said)?;
        let logged = self.log()?;
        Ok((self.child.wait()?, said, logged))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn run(data: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Result<Output> {
    Ok(command(data).args(arguments).envs(settings.iter().copied()).output()?)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a proxy of ours and the server say about a request can be read together.
#[tokio::test]
async fn o33_every_line_of_a_request_has_its_id() -> Result {
    let folder = tempfile::tempdir()?;
    let settings = [
        ("SEALDROP_LOG_FORMAT", "json"),
        ("SEALDROP_TRUSTED_PROXY_HOPS", "1"),
        ("SEALDROP_LOG", "debug"),
    ];
    let process = Process::start(&folder.path().join("data"), &settings)?;
    let url = format!("{}/api/v1/limits?canary=in-a-query", process.base);
    let client = client()?;
    let named = client.get(&url).header("x-request-id", "proxy-id-0001").send().await?;
    assert_eq!(named.headers()["x-request-id"], "proxy-id-0001");
    let made = client
        .get(&url)
        .header("x-request-id", "no id, but {\"json\":1}")
        .send()
        .await?;
    let made = made.headers()["x-request-id"].to_str()?.to_owned();
    assert_eq!(made.len(), 16);
    // Its idle connections would be waited for.
    drop(client);
    let (status, _, logged) = process.end()?;
    assert!(status.success());
    let lines = logged.lines().map(serde_json::from_str::<serde_json::Value>);
    let lines = lines.collect::<std::result::Result<Vec<_>, _>>()?;
    for id in ["proxy-id-0001", made.as_str()] {
        let answered = lines.iter().find(|line| line["span"]["id"] == id);
        let answered = answered.ok_or_else(|| format!("no line with {id} in {logged}"))?;
        assert_eq!(
            (&answered["route"], &answered["status"]),
            (&"/api/v1/limits".into(), &200.into())
        );
    }
    assert!(
        lines
            .iter()
            .filter(|line| line["message"] == "answered")
            .all(|line| line["span"]["id"].is_string())
    );
    assert!(!logged.contains("in-a-query") && !logged.contains("but {"), "{logged}");
    Ok(())
}

#[tokio::test]
async fn it_says_where_it_is_and_ends_on_request() -> Result {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let process = Process::start(&data, &[])?;
    let client = client()?;
    let alive = client.get(format!("{}/healthz", process.base)).send().await?;
    assert_eq!((alive.status(), alive.text().await?.as_str()), (StatusCode::OK, "ok\n"));
    let ready = client.get(format!("{}/readyz", process.base)).send().await?;
    assert_eq!(ready.status(), StatusCode::OK);
    assert_eq!(
        ready.text().await?,
        r#"{"bucket":"ok","clock":"ok","database":"ok","expiry":"ok"}"#
    );

    // The doctor asks the one that runs.
    let addr = process.base.trim_start_matches("http://").to_owned();
    let asked = run(&data, &["doctor"], &[("SEALDROP_ADDR", &addr)])?;
    assert!(
        text(&asked.stdout).contains("running server ok"),
        "{}",
        text(&asked.stdout)
    );

    // A container asks whether it lives.
    let health = run(&data, &["health"], &[("SEALDROP_ADDR", &addr)])?;
    assert!(health.status.success(), "{}", text(&health.stdout));

    drop(client);
    let (status, said, logged) = process.end()?;
    let health = run(&data, &["health"], &[("SEALDROP_ADDR", &addr)])?;
    assert!(!health.status.success(), "the server has ended");
    assert!(status.success(), "{status}: {logged}");
    assert_eq!(said, "", "one line is all it says");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&data)?.permissions().mode() & 0o777, 0o700);
        assert_eq!(
            std::fs::metadata(data.join("bucket-credentials"))?.permissions().mode() & 0o777,
            0o600
        );
    }

    for arguments in [&["migrate"][..], &["reap"]] {
        let output = run(&data, arguments, &[])?;
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }
    let doctor = run(&data, &["doctor"], &[])?;
    let said = text(&doctor.stdout);
    assert!(
        said.contains("database       ok") && said.contains("bucket         ok"),
        "{said}"
    );
    Ok(())
}

#[tokio::test]
async fn x24_it_serves_on_when_nobody_reads_what_it_says_or_logs() -> Result {
    let folder = tempfile::tempdir()?;
    let mut process = Process::start_and(&folder.path().join("data"), &[("SEALDROP_LOG", "debug")], false)?;
    drop(process.child.stderr.take());
    let client = client()?;
    for _ in 0..3 {
        let alive = client.get(format!("{}/healthz", process.base)).send().await?;
        assert_eq!(alive.status(), StatusCode::OK);
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn x24_a_full_output_is_an_error_of_what_answers_in_words_and_none_of_the_server() -> Result {
    let full = || std::fs::File::options().write(true).open("/dev/full");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    for arguments in [&["docs", "openapi"][..], &["doctor"]] {
        let output = command(&data)
            .args(arguments)
            .stdout(full()?)
            .stderr(Stdio::piped())
            .spawn()?;
        let output = output.wait_with_output()?;
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("standard output cannot be written"), "{said}");
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let serving = command(&data)
        .env("SEALDROP_ADDR", &port)
        .stdout(full()?)
        .stderr(Stdio::piped())
        .spawn()?;
    let mut process = Process::of(serving);
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !run(&data, &["health"], &[("SEALDROP_ADDR", &port)])?.status.success() {
        assert!(std::time::Instant::now() < patience, "it does not answer");
        assert!(process.child.try_wait()?.is_none(), "it ended");
    }
    Ok(())
}

#[test]
fn a_configuration_that_cannot_work_is_told_whole() -> Result {
    let folder = tempfile::tempdir()?;
    let settings = [
        ("SEALDROP_ADDR", "nowhere"),
        ("SEALDROP_LOG_FORMAT", "xml"),
        ("DATABASE_URL", "hunter2"),
    ];
    let output = run(&folder.path().join("data"), &[], &settings)?;
    let errors = text(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty());
    for name in ["SEALDROP_ADDR", "SEALDROP_LOG_FORMAT", "DATABASE_URL"] {
        assert!(errors.contains(name), "{errors}");
    }
    assert!(!errors.contains("hunter2"), "{errors}");
    assert!(!folder.path().join("data").exists(), "nothing was made");
    Ok(())
}

#[test]
fn the_doctor_fails_when_something_is_wrong() -> Result {
    let folder = tempfile::tempdir()?;
    let settings = [("DATABASE_URL", "postgres://nobody:hunter2@127.0.0.1:1/none")];
    let output = run(&folder.path().join("data"), &["doctor"], &settings)?;
    assert!(!output.status.success());
    let said = text(&output.stdout);
    assert!(said.contains("FAILED") && !said.contains("hunter2"), "{said}");
    Ok(())
}

#[tokio::test]
async fn what_was_made_is_there_after_a_restart() -> Result {
    let server = Server::start().await?;
    let sent = crate::transfer::send(&server, b"kept", b"{}", 2).await?;
    let data = server.data();
    let folder = server.stop_and_keep().await;
    let process = Process::start(&data, &[])?;
    let client = client()?;
    let path = format!("{}/api/v1/links/{}", process.base, sent.link_id);
    let status = client
        .get(path)
        .header(sealdrop_api::TOKEN_HEADER, sent.token.expose())
        .send()
        .await?;
    assert_eq!(status.status(), StatusCode::OK);
    process.end()?;
    drop(folder);
    Ok(())
}

#[tokio::test]
async fn limits_are_the_operators() -> Result {
    let settings = [
        ("SEALDROP_GUEST_MAX_BYTES", "1GiB"),
        ("SEALDROP_DEFAULT_EXPIRES_IN", "12h"),
        ("SEALDROP_MAX_DOWNLOADS", "20"),
    ];
    let server = Server::start_with(&settings).await?;
    let limits = server.ask(&GetLimits, None).await?;
    assert_eq!(
        (limits.max_link_bytes, limits.default_expires_in, limits.max_downloads),
        (1 << 30, 43_200, 20)
    );
    server.stop().await;
    Ok(())
}
