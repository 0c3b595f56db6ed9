//! Background jobs across processes: a server without a worker beside one that only works, and what operators do with dead jobs.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use sealdrop_test_support::{
    content,
    installation::{CommandOutput, TestInstallation},
    invariants, postgres,
};
use serde_json::{Value, json};

/// A worker's process; killed when dropped.
struct Worker(Child);

impl Worker {
    /// Returns when it has said that it works.
    fn start(setup: &TestInstallation) -> anyhow::Result<Self> {
        let mut child = setup.server_tool(&["work"])?.stdout(Stdio::piped()).spawn()?;
        let mut said = String::new();
        BufReader::new(child.stdout.take().context("its output is piped")?).read_line(&mut said)?;
        let worker = Self(child);
        ensure!(said.contains("runs background jobs"), "{said}");
        Ok(worker)
    }

    /// Asks it to end; whether it did so well.
    fn stop(mut self) -> anyhow::Result<bool> {
        Command::new("kill").arg(self.0.id().to_string()).status()?;
        Ok(self.0.wait()?.success())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn sql(setup: &TestInstallation, sql: &str) -> anyhow::Result<()> {
    let database = Database::connect(setup.database_url()).await?;
    database.execute_unprepared(sql).await?;
    Ok(database.close().await?)
}

async fn count(setup: &TestInstallation, of: &str) -> anyhow::Result<i64> {
    let database = Database::connect(setup.database_url()).await?;
    let query = Statement::from_string(
        database.get_database_backend(),
        format!("SELECT COUNT(*) AS number FROM jobs WHERE {of}"),
    );
    let row = database.query_one_raw(query).await?.context("a count is a row")?;
    let number = row.try_get("", "number")?;
    database.close().await?;
    Ok(number)
}

fn tool(setup: &TestInstallation, arguments: &[&str]) -> anyhow::Result<Output> {
    Ok(setup.server_tool(arguments)?.output()?)
}

/// What it says of the server that runs.
fn doctor(setup: &TestInstallation) -> anyhow::Result<String> {
    let said = String::from_utf8_lossy(&tool(setup, &["doctor"])?.stdout).into_owned();
    let (_, running) = said.split_once("running server ").context(said.clone())?;
    // What to do follows on lines that begin with spaces.
    let more = |line: &&str| line.starts_with(' ');
    let mut lines = running.lines();
    let first = lines.next().unwrap_or_default();
    Ok(lines.take_while(more).fold(first.to_owned(), |all, line| all + line))
}

fn read_json(output: &Output) -> anyhow::Result<Value> {
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A link is revoked where no worker is; the one that comes removes its objects.
async fn roles(database: Option<String>) -> anyhow::Result<()> {
    let mut setup = TestInstallation::new(database)?.serving_with(&["--no-worker"]);
    setup.start(None)?;
    std::fs::write(setup.path("a.bin"), content(1, 100_000))?;
    let sent: CommandOutput = setup.cli(&setup.address(), ["send", "a.bin"])?.output()?.into();
    let revoked = setup.cli(&setup.address(), ["revoke", sent.link()?])?.output()?;
    ensure!(revoked.status.success(), "{revoked:?}");
    ensure!(count(&setup, "kind = 'remove_link_objects' AND state = 'waiting'").await? == 1);
    let periodic = count(&setup, "every IS NOT NULL").await?;
    ensure!(
        periodic > 0
            && count(&setup, "every IS NOT NULL AND state = 'waiting' AND ended_at IS NULL").await? == periodic,
        "a server without a worker announces periodic jobs, and runs none"
    );
    ensure!(invariants::stored(&setup).await?.0.len() == 1);
    let worker = Worker::start(&setup)?;
    let patience = Instant::now() + Duration::from_secs(30);
    while count(&setup, "kind = 'remove_link_objects' AND state = 'done'").await? == 0 {
        ensure!(Instant::now() < patience, "no worker removed it: {}", setup.log());
    }
    ensure!(
        invariants::stored(&setup).await?.0.is_empty(),
        "the object is still there"
    );
    ensure!(worker.stop()?, "it does not end well");
    ensure!(
        count(&setup, "state = 'running'").await? == 0,
        "a claim was not given back"
    );
    ensure!(count(&setup, "every IS NOT NULL").await? == periodic);
    setup.stop()
}

#[tokio::test(flavor = "multi_thread")]
async fn o07_a_server_leaves_jobs_to_a_worker_sqlite() {
    roles(None).await.expect("roles");
}

#[tokio::test(flavor = "multi_thread")]
async fn o07_a_server_leaves_jobs_to_a_worker_postgres() {
    roles(Some(postgres::fresh_database().await)).await.expect("roles");
}

/// What operators see of a dead job, and what they do with it while the server runs.
async fn dead_jobs(database: Option<String>) -> anyhow::Result<()> {
    let mut setup = TestInstallation::new(database)?;
    setup.start(None)?;
    let dead = "INSERT INTO jobs (kind, payload, state, tries, error, run_at, made_at, written_at, ended_at) \
                VALUES ('remove_link_objects', '\"no link\"', 'dead', 10, 'because', 1, 1, 1, 1)";
    sql(&setup, dead).await?;
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let ready = async || -> anyhow::Result<(u16, Value)> {
        let said = client.get(format!("{}/readyz", setup.address())).send().await?;
        Ok((said.status().as_u16(), serde_json::from_str(&said.text().await?)?))
    };
    let (status, said) = ready().await?;
    ensure!(
        (status, &said["failed_jobs"]) == (200, &json!(["remove_link_objects"])),
        "{said}"
    );
    let words = doctor(&setup)?;
    ensure!(words.starts_with("FAILED") && words.contains("jobs list"), "{words}");

    let listed = read_json(&tool(&setup, &["jobs", "list", "--json"])?)?;
    let job = &listed[0];
    ensure!(
        (
            &job["kind"],
            &job["state"],
            &job["error"],
            &job["failed"],
            &job["tries"]
        ) == (
            &json!("remove_link_objects"),
            &json!("dead"),
            &json!("because"),
            &json!(true),
            &json!(10)
        ),
        "{listed}"
    );
    let periodic = |kind: &str| {
        listed
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["kind"] == kind && one["periodic"] == true))
    };
    ensure!(
        periodic("reap_links") && periodic("reap_uploads") && periodic("forget_jobs"),
        "{listed}"
    );
    let words = tool(&setup, &["jobs", "list"])?.stdout;
    let words = String::from_utf8_lossy(&words).into_owned();
    ensure!(
        words.contains("dead") && words.contains("because") && words.contains("reap_links"),
        "{words}"
    );

    let id = job["id"].to_string();
    let retried = tool(&setup, &["jobs", "retry", &id, "--json"])?;
    ensure!(
        retried.status.success() && read_json(&retried)?["changed"] == true,
        "{retried:?}"
    );
    // Its payload is none: the server tries it within a second, and it fails.
    let patience = Instant::now() + Duration::from_secs(30);
    while count(&setup, &format!("id = {id} AND state = 'waiting' AND tries = 1")).await? == 0 {
        ensure!(Instant::now() < patience, "no worker tries it: {}", setup.log());
    }
    ensure!(ready().await?.1["failed_jobs"].is_null(), "it is not dead any more");
    let dropped = tool(&setup, &["jobs", "drop", &id, "--json"])?;
    ensure!(dropped.status.success(), "{dropped:?}");
    let again = tool(&setup, &["jobs", "drop", &id])?;
    let words = String::from_utf8_lossy(&again.stdout).into_owned();
    ensure!(
        again.status.code() == Some(1) && words.contains("no job with this number"),
        "{words}"
    );
    ensure!(count(&setup, &format!("id = {id}")).await? == 0);
    // What was done stays to be read, by the number of the job and the kind that it was of; what was refused is not there.
    let audit = read_json(&tool(&setup, &["audit", "list", "--json"])?)?;
    let rows = audit.as_array().context("a list")?;
    let said: Vec<_> = rows
        .iter()
        .map(|row| (&row["action"], &row["subject"], &row["detail"]))
        .collect();
    let row = |action| (json!(action), json!(id), json!("remove_link_objects"));
    let (drop, retry) = (row("job-drop"), row("job-retry"));
    ensure!(
        said == [(&drop.0, &drop.1, &drop.2), (&retry.0, &retry.1, &retry.2)],
        "{audit}"
    );
    ensure!(
        rows.iter()
            .all(|row| row["actor"].as_str().is_some_and(|actor| !actor.is_empty())),
        "{audit}"
    );
    let words = doctor(&setup)?;
    ensure!(words.starts_with("ok"), "{words}");
    setup.stop()
}

#[tokio::test(flavor = "multi_thread")]
async fn o08_dead_jobs_are_named_and_looked_after_sqlite() {
    dead_jobs(None).await.expect("dead jobs");
}

#[tokio::test(flavor = "multi_thread")]
async fn o08_dead_jobs_are_named_and_looked_after_postgres() {
    dead_jobs(Some(postgres::fresh_database().await))
        .await
        .expect("dead jobs");
}
