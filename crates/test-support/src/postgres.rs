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

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use tokio::sync::OnceCell;

const CLUSTER: &str = include_str!("postgres.sh");

/// Its database with tables.
const TEMPLATE: &str = "with_tables";

struct Cluster {
    url: String,
    /// Made for this run, so that nothing in it is older.
    is_ours: bool,
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
        Ok(url) if !url.is_empty() => {
            let is_ours = std::env::var_os("SEALDROP_TEST_CLUSTER").is_some();
            return Cluster {
                url,
                is_ours,
                _child: None,
            };
        }
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
        is_ours: true,
        _child: Some(child),
    }
}

/// The address of a new database with the tables of this version: a copy, because to make them takes longer than most tests.
pub async fn fresh_database() -> String {
    let cluster = of_process().await;
    if !cluster.is_ours {
        // Tables of another version may be there.
        return empty_database().await;
    }
    static MADE: OnceCell<()> = OnceCell::const_new();
    MADE.get_or_init(|| make_template(cluster)).await;
    make(cluster, &format!("TEMPLATE {TEMPLATE}")).await
}

/// The address of a new, empty database.
pub async fn empty_database() -> String {
    make(of_process().await, "").await
}

async fn of_process() -> &'static Cluster {
    tokio::task::spawn_blocking(cluster).await.expect("the cluster starts")
}

async fn make(cluster: &Cluster, like: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static RUN: OnceLock<u64> = OnceLock::new();
    // Other processes make theirs in the same cluster, and the number of one that ended may be given again.
    let run = RUN.get_or_init(|| getrandom::u64().expect("the system's generator"));
    let name = format!("t{run:016x}_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let admin = connect(&cluster.url).await;
    execute(&admin, &format!("CREATE DATABASE {name} {like}")).await;
    admin.close().await.expect("the connection closes");
    address(cluster, &name)
}

/// What copies are made of. The first process that needs it makes it, while the others wait: a lock of the cluster ends with its holder.
async fn make_template(cluster: &Cluster) {
    let admin = connect(&cluster.url).await;
    execute(&admin, "SELECT pg_advisory_lock(7325)").await;
    let is_there = format!("SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}' AND datistemplate");
    let found = admin
        .query_one_raw(Statement::from_string(DbBackend::Postgres, is_there))
        .await;
    if found.expect("a list").is_none() {
        // Of a process that was killed meanwhile.
        execute(&admin, &format!("DROP DATABASE IF EXISTS {TEMPLATE}")).await;
        execute(&admin, &format!("CREATE DATABASE {TEMPLATE}")).await;
        let template = connect(&address(cluster, TEMPLATE)).await;
        let tx = template.begin().await.expect("begun");
        sealdrop_migrations::up(&tx).await.expect("tables");
        tx.commit().await.expect("committed");
        // It is copied only while nobody uses it.
        template.close().await.expect("the connection closes");
        execute(&admin, &format!("ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")).await;
    }
    admin.close().await.expect("the connection closes");
}

/// One connection, so that what a session holds is held by it.
async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1);
    Database::connect(options).await.expect("Postgres answers")
}

async fn execute(conn: &DatabaseConnection, sql: &str) {
    conn.execute_unprepared(sql).await.expect(sql);
}

fn address(cluster: &Cluster, name: &str) -> String {
    let mut url = url::Url::parse(&cluster.url).expect("an address");
    url.set_path(name);
    url.into()
}
