//! What a thief of the database has, and what a guesser has.

use std::time::Instant;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sealdrop_api::{LinkAuth, LinkId, OwnerToken, Problem, ProblemType};
use sha2::{Digest, Sha256};

use crate::{
    links::ended,
    support::{Db, TestEnv, random},
};

on_both_databases!(
    s01_thousands_of_guesses_hear_the_same,
    s02_a_dump_opens_and_owns_nothing
);

/// Every value of every table, as the database prints it.
async fn dump(env: &TestEnv) -> String {
    let database = env.database().await;
    let backend = database.get_database_backend();
    let names = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    };
    let rows = database
        .query_all_raw(Statement::from_string(backend, names))
        .await
        .expect("the tables are listed");
    let mut text = String::new();
    for table in rows {
        let table: String = table.try_get("", "name").expect("a name");
        let columns = match backend {
            DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            _ => format!("SELECT column_name AS name FROM information_schema.columns WHERE table_name = '{table}'"),
        };
        let columns = database
            .query_all_raw(Statement::from_string(backend, columns))
            .await
            .expect("the columns are listed");
        for column in columns {
            let column: String = column.try_get("", "name").expect("a name");
            let printed = match backend {
                DbBackend::Sqlite => format!(
                    "SELECT CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE coalesce(CAST({column} AS TEXT), '') END \
                     AS value FROM {table}"
                ),
                _ => format!("SELECT coalesce({column}::text, '') AS value FROM {table}"),
            };
            let values = database
                .query_all_raw(Statement::from_string(backend, printed))
                .await
                .expect("the values are printed");
            for value in values {
                let value: String = value.try_get("", "value").expect("text");
                text.push_str(&format!("{table}.{column} = {value}\n"));
            }
        }
    }
    database.close().await.expect("it closes");
    text.to_lowercase()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn s02_a_dump_opens_and_owns_nothing(env: TestEnv) {
    let link = env.link(3).await;
    let claim = env.claim(&link).await.expect("a place");
    let signed = env.sign_object(&link, claim).await.expect("signed");
    env.service
        .open_link(link.id, &link.auth, &env.origin)
        .await
        .expect("it opens");
    let signature = signed.urls[0]
        .url
        .split("X-Amz-Signature=")
        .nth(1)
        .expect("a signature")
        .to_owned();
    let dump = dump(&env).await;
    for (name, secret) in [
        ("the bearer", link.auth.as_bytes()),
        ("the token", link.token.as_bytes()),
    ] {
        for shape in [hex(secret), Base64UrlUnpadded::encode_string(secret).to_lowercase()] {
            assert!(!dump.contains(&shape), "{name} is in the database");
        }
    }
    assert!(!dump.contains(&signature), "a signature is in the database");
    assert!(
        !dump.contains(&env.config.bucket.secret_key.to_lowercase()),
        "the bucket's key"
    );
    // The search finds what is there, and what is there is of no use.
    let verifier = sha256(link.auth.as_bytes());
    let token_hash = sha256(link.token.as_bytes());
    assert!(
        dump.contains(&hex(&verifier)) && dump.contains(&hex(&token_hash)),
        "the dump is one"
    );
    let bearer = env
        .service
        .open_link(link.id, &LinkAuth::new(verifier), &env.origin)
        .await
        .expect_err("a verifier is no bearer");
    assert_eq!(bearer.into_problem(), Problem::from(ProblemType::LinkNotFound));
    let owner = env.service.get_link(&OwnerToken::new(token_hash), link.id).await;
    assert_eq!(
        owner.expect_err("a hash is no token").into_problem(),
        Problem::from(ProblemType::LinkNotFound)
    );
}

fn sha256(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Guesses at a link that exists and at links that do not, in turns: each gets the same problem, nothing is opened and
/// no client is shut out. Answers how long each kind took, in seconds.
async fn guess(env: &TestEnv, times: usize) -> (Vec<f64>, Vec<f64>) {
    let [expired, exhausted, revoked] = ended(env).await;
    let open = env.link(1).await;
    let links = [open.id, expired.id, exhausted.id, revoked.id];
    let expected: Problem = ProblemType::LinkNotFound.into();
    let (mut there, mut absent) = (Vec::new(), Vec::new());
    for n in 0..times {
        let (id, took) = match links.get(n % (2 * links.len())) {
            Some(id) => (*id, &mut there),
            None => (LinkId(random()), &mut absent),
        };
        let auth = LinkAuth::new(random());
        let start = Instant::now();
        let answer = env.service.open_link(id, &auth, &env.origin).await;
        took.push(start.elapsed().as_secs_f64());
        assert_eq!(answer.expect_err("a guess is wrong").into_problem(), expected);
    }
    let status = env
        .service
        .get_link(&open.token, open.id)
        .await
        .expect("the owner looks");
    assert_eq!((status.opened, status.active), (0, 0));
    env.service
        .open_link(open.id, &open.auth, &env.origin)
        .await
        .expect("no client is shut out");
    (there, absent)
}

async fn s01_thousands_of_guesses_hear_the_same(env: TestEnv) {
    guess(&env, 4_000).await;
}

/// By hand: a hundred thousand, and how their time compares between links that are there and links that are not (Welch's t
/// over the middle nine tenths of each). It says what it measured and judges nothing: machines have moods.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: by hand"]
async fn s01_a_hundred_thousand_guesses_take_the_same_time() {
    let env = TestEnv::new(Db::Sqlite).await;
    let (there, absent) = guess(&env, 100_000).await;
    let moments = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let middle = &times[times.len() / 20..times.len() - times.len() / 20];
        let count = middle.len() as f64;
        let mean = middle.iter().sum::<f64>() / count;
        let variance = middle.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    };
    let ((one, one_error), (two, two_error)) = (moments(there), moments(absent));
    let t = (one - two) / (one_error + two_error).sqrt();
    println!(
        "100,000 guesses: there {:.1} µs, absent {:.1} µs, {:+.2} µs between them, t = {t:.2}",
        one * 1e6,
        two * 1e6,
        (one - two) * 1e6
    );
}
