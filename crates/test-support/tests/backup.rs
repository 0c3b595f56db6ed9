//! The restore drill: an installation is copied while it runs, its machine is lost, and another one goes on with the copy.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context as _, ensure};
use sealdrop_test_support::{
    content,
    installation::{CommandOutput, TestInstallation},
    invariants, postgres,
};

/// More than one part, so that the embedded bucket has several files of it.
const LARGE: usize = 11 << 20;

/// A script of an operator, with the settings of an installation.
fn script(name: &str, argument: &Path, setup: &TestInstallation, database: Option<&str>) -> anyhow::Result<Output> {
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    let tool = setup.server_tool(&[])?;
    let server = Path::new(tool.get_program())
        .parent()
        .context("the server is in a folder")?;
    let mut command = Command::new("sh");
    command
        .args(["-c", "PATH=\"$1:$PATH\" exec \"$2\" \"$3\"", "sh"])
        .args([server, &scripts.join(name), argument])
        .current_dir(setup.path("."))
        .env("SEALDROP_DATA", setup.path("data"))
        // What the server listens on is taken, where it runs.
        .env("SEALDROP_LOG", "error")
        .env_remove("DATABASE_URL");
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    Ok(command.output()?)
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn send(setup: &TestInstallation, name: &str, len: usize, seed: u8) -> anyhow::Result<String> {
    fs::write(setup.path(name), content(seed, len))?;
    let sent: CommandOutput = setup.cli(&setup.address(), ["send", name])?.output()?.into();
    Ok(sent.link()?.to_owned())
}

/// Receives a link of the lost machine at the new one, which has its name by then.
fn receive(setup: &TestInstallation, link: &str, lost: &str) -> anyhow::Result<Output> {
    let link = link.replace(lost, &setup.address());
    Ok(setup.cli(&setup.address(), ["receive", &link, "-o", "-"])?.output()?)
}

/// Takes one file away from a copy of the bucket.
fn lose_a_part(backup: &Path) -> anyhow::Result<()> {
    let data = fs::read_dir(backup.join("data/blobs/data"))?;
    let parts = data
        .filter_map(|folder| fs::read_dir(folder.ok()?.path()).ok())
        .flatten();
    let longest = parts
        .filter_map(|part| Some((part.as_ref().ok()?.metadata().ok()?.len(), part.ok()?.path())))
        .max()
        .context("a part is there")?;
    Ok(fs::remove_file(longest.1)?)
}

async fn drill(databases: Option<[String; 3]>) -> anyhow::Result<()> {
    let database = |n: usize| databases.as_ref().map(|all| all[n].clone());
    let mut first = TestInstallation::new(database(0))?;
    first.start(None)?;
    let small = send(&first, "small.bin", 100_000, 1)?;
    let large = send(&first, "large.bin", LARGE, 2)?;

    let backed_up = script("backup.sh", &first.path("backups"), &first, database(0).as_deref())?;
    ensure!(backed_up.status.success(), "{}", said(&backed_up));
    let backup = fs::read_dir(first.path("backups"))?.next().context("a backup")??.path();
    let beside = first.server_tool(&["verify-storage"])?.output()?;
    ensure!(
        beside.status.success() && said(&beside).contains("2 whole, 0 missing, 0 damaged"),
        "beside a running server: {}",
        said(&beside)
    );
    let later = send(&first, "later.bin", 100_000, 3)?;
    first.kill()?;
    let lost = first.address();

    let mut second = TestInstallation::new(database(1))?;
    let restored = script("restore.sh", &backup, &second, database(1).as_deref())?;
    ensure!(
        restored.status.success() && said(&restored).contains("2 whole, 0 missing, 0 damaged"),
        "{}",
        said(&restored)
    );
    let again = script("restore.sh", &backup, &second, database(1).as_deref())?;
    ensure!(
        !again.status.success() && said(&again).contains("is not empty"),
        "over what is there: {}",
        said(&again)
    );
    second.start(None)?;
    invariants::totals(&second).await?;
    for (link, seed, len) in [(&small, 1, 100_000), (&large, 2, LARGE)] {
        let received = receive(&second, link, &lost)?;
        ensure!(
            received.stdout == content(seed, len),
            "{}",
            String::from_utf8_lossy(&received.stderr)
        );
    }
    let unknown = receive(&second, &later, &lost)?;
    ensure!(
        unknown.status.code() == Some(4),
        "what came after the backup is gone: {unknown:?}"
    );
    let fresh = send(&second, "fresh.bin", 100_000, 4)?;
    ensure!(receive(&second, &fresh, &lost)?.status.success());
    second.stop()?;

    lose_a_part(&backup)?;
    let third = TestInstallation::new(database(2))?;
    let damaged = script("restore.sh", &backup, &third, database(2).as_deref())?;
    ensure!(
        !damaged.status.success() && said(&damaged).contains("1 whole, 0 missing, 1 damaged"),
        "a file of the bucket is not there: {}",
        said(&damaged)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_a_backup_of_a_running_server_is_restored_elsewhere_sqlite() {
    drill(None).await.expect("the drill");
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_a_backup_of_a_running_server_is_restored_elsewhere_postgres() {
    let databases = [
        postgres::empty_database().await,
        postgres::empty_database().await,
        postgres::empty_database().await,
    ];
    drill(Some(databases)).await.expect("the drill");
}
