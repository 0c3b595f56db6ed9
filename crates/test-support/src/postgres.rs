//! A Postgres for tests: the one that `DATABASE_URL_TEST_POSTGRES` names (`scripts/with-postgres.sh` makes one for a whole run), else a
//! temporary cluster of this process.
//!
//! The cluster hangs on a pipe: when the process ends, however it ends, the pipe closes and the cluster goes with its folder.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sea_orm::{ConnectionTrait, Database};

const CLUSTER: &str = include_str!("postgres.sh");

struct Cluster {
    url: String,
    // Held for the pipe.
    _child: Option<Child>,
}

fn cluster() -> &'static Cluster {
    static CLUSTER_OF_PROCESS: OnceLock<Cluster> = OnceLock::new();
    CLUSTER_OF_PROCESS.get_or_init(start)
}

#[expect(clippy::disallowed_methods, reason = "the test run's own setting, not the product's")]
fn start() -> Cluster {
    match std::env::var("DATABASE_URL_TEST_POSTGRES") {
        Err(std::env::VarError::NotPresent) => {}
        Ok(url) if !url.is_empty() => return Cluster { url, _child: None },
        _ => panic!("DATABASE_URL_TEST_POSTGRES is set and is no address"),
    }
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    let mut command = if root {
        // initdb refuses to run as root.
        let mut runuser = Command::new("runuser");
        runuser.args(["-u", "postgres", "--", "sh", "-c", CLUSTER]);
        runuser
    } else {
        let mut sh = Command::new("sh");
        sh.args(["-c", CLUSTER]);
        sh
    };
    let mut child = command
        .current_dir("/tmp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell starts");
    let mut folder = String::new();
    let out = child.stdout.take().expect("stdout is piped");
    BufReader::new(out)
        .read_line(&mut folder)
        .expect("the cluster says where it is");
    let folder = folder.trim_end();
    assert!(
        !folder.is_empty(),
        "no Postgres: install Debian's postgresql, or set DATABASE_URL_TEST_POSTGRES"
    );
    Cluster {
        url: format!("postgres://postgres@localhost/postgres?host={folder}"),
        _child: Some(child),
    }
}

/// The address of a new, empty database.
pub async fn fresh_database() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static RUN: OnceLock<u64> = OnceLock::new();
    let cluster = tokio::task::spawn_blocking(cluster).await.expect("the cluster starts");
    // Other processes make theirs in the same cluster, and the number of one that ended may be given again.
    let run = RUN.get_or_init(|| getrandom::u64().expect("the system's generator"));
    let name = format!("t{run:016x}_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(cluster.url.clone()).await.expect("Postgres answers");
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .expect("a database is made");
    admin.close().await.expect("the connection closes");
    let mut url = url::Url::parse(&cluster.url).expect("an address");
    url.set_path(&name);
    url.into()
}
