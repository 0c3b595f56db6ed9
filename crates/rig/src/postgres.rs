//! A Postgres for tests: the one that `DATABASE_URL_TEST_POSTGRES` names, else a temporary cluster of this process.
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

/// Reached by a Unix socket in its own folder: no port to be free, no password.
const CLUSTER: &str = r#"
set -e
umask 077
dir=$(mktemp -d /tmp/sealdrop-test-postgres.XXXXXX)
trap 'rm -rf "$dir"' EXIT
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
export PATH="$bin:$PATH"
initdb -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$dir/log" 2>&1
postgres -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c synchronous_commit=off -c max_connections=300 -c shared_buffers=32MB >"$dir/log" 2>&1 &
server=$!
tries=0
until pg_isready -q -h "$dir"; do
    tries=$((tries + 1)); [ "$tries" -lt 300 ] || { cat "$dir/log" >&2; exit 1; }
    sleep 0.1
done
echo "$dir"
exec 1>&-
cat >/dev/null
kill -INT "$server" && wait "$server" || true
"#;

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
    let cluster = tokio::task::spawn_blocking(cluster).await.expect("the cluster starts");
    let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
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
