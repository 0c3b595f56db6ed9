//! The bucket is compared with the database, in both directions.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use sealdrop_service::{AuditLog, Operator};

use crate::support::{Fault, TestEnv};

on_both_databases!(
    q07_objects_of_a_newer_database_wait_a_week_and_then_go,
    q07_what_comes_back_with_its_database_stays,
    q07_many_unknown_objects_are_held_until_an_operator_says_so,
    q07_what_is_promised_and_missing_is_said_until_it_is_back,
    q07_what_is_anothers_is_only_counted,
    q07_a_walk_that_is_cut_anywhere_goes_on,
    q07_a_bucket_that_is_away_proves_nothing,
);

const DAY: u64 = 24 * 3600;
const BUCKET: &str = "blobs";

/// A name as this program gives it.
fn name(n: u32) -> String {
    format!("o/{n:032x}")
}

impl TestEnv {
    async fn put_objects(&self, keys: impl IntoIterator<Item = String>) {
        let s3 = self.s3();
        let puts = stream::iter(keys).map(|key| {
            let put = s3.put_object().bucket(BUCKET).key(key).body(b"12345".to_vec().into());
            async move { put.send().await.expect("stored") }
        });
        puts.buffer_unordered(16).for_each(async |_| {}).await;
    }

    async fn is_there(&self, key: &str) -> bool {
        let head = self.s3().head_object().bucket(BUCKET).key(key).send().await;
        head.is_ok()
    }

    /// A row for each name, as of an object that is whole.
    async fn promise(&self, numbers: std::ops::Range<u32>) {
        let row = |n: u32| {
            let (id, token) = (self.literal(&u128::from(n).to_be_bytes()), self.literal(&[7; 32]));
            format!("({id}, {token}, '{}', 10485760, 5, 5, 'committed', 1, 1)", name(n))
        };
        let rows: Vec<String> = numbers.map(row).collect();
        self.sql(&format!(
            "INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, sealed_len, state, created_at, touched_at) \
             VALUES {}",
            rows.join(", ")
        ))
        .await;
    }

    /// Both.
    async fn keep(&self, numbers: std::ops::Range<u32>) {
        self.put_objects(numbers.clone().map(name)).await;
        self.promise(numbers).await;
    }

    /// A whole walk, a day after the last one.
    async fn compare(&self) {
        self.advance(DAY + 3600);
        self.service.compare_storage().await.expect("compared");
        while self
            .number("SELECT COUNT(*) FROM storage_walk WHERE ended_at IS NULL")
            .await
            > 0
        {
            self.service.compare_storage().await.expect("compared");
        }
    }

    /// How many only the bucket has, and how many only the database.
    async fn differing(&self) -> (i64, i64) {
        (
            self.number("SELECT COUNT(*) FROM unknown_objects").await,
            self.number("SELECT COUNT(*) FROM missing_objects").await,
        )
    }

    async fn said(&self) -> String {
        self.service.readiness().await.storage.err().unwrap_or_default()
    }
}

async fn q07_objects_of_a_newer_database_wait_a_week_and_then_go(env: TestEnv) {
    env.keep(0..200).await;
    env.put_objects([name(900), name(901)]).await;
    for _ in 0..6 {
        env.compare().await;
        assert_eq!(env.differing().await, (2, 0));
        assert!(env.is_there(&name(900)).await && env.is_there(&name(901)).await);
    }
    assert_eq!(env.said().await, "", "a few are no reason to wake anybody");
    env.advance(DAY);
    env.compare().await;
    assert_eq!(env.differing().await, (0, 0));
    assert!(!env.is_there(&name(900)).await && !env.is_there(&name(901)).await);
    assert!(env.is_there(&name(0)).await && env.is_there(&name(199)).await);
}

async fn q07_what_comes_back_with_its_database_stays(env: TestEnv) {
    env.keep(0..200).await;
    env.put_objects([name(900)]).await;
    env.compare().await;
    env.promise(900..901).await;
    env.advance(10 * DAY);
    env.compare().await;
    assert_eq!(env.differing().await, (0, 0));
    assert!(env.is_there(&name(900)).await);
    // What was deleted once and is there again is nobody's.
    env.sql(&format!(
        "UPDATE uploads SET state = 'deleted' WHERE key = '{}'",
        name(900)
    ))
    .await;
    env.compare().await;
    assert_eq!(env.differing().await, (1, 0));
    // Somebody else may take it away as well.
    let gone = env.s3().delete_object().bucket(BUCKET).key(name(900)).send().await;
    gone.expect("deleted");
    env.compare().await;
    assert_eq!(env.differing().await, (0, 0));
}

async fn q07_many_unknown_objects_are_held_until_an_operator_says_so(env: TestEnv) {
    env.keep(0..100).await;
    // More than one run deletes.
    env.put_objects((900..1_950).map(name)).await;
    env.compare().await;
    env.advance(8 * DAY);
    for _ in 0..2 {
        env.compare().await;
        assert_eq!(env.differing().await, (1_050, 0), "more than one of a hundred");
        assert!(env.is_there(&name(900)).await && env.is_there(&name(901)).await);
        let said = env.said().await;
        assert!(
            said.starts_with("1050 objects") && said.contains("--delete-unknown"),
            "{said}"
        );
    }
    let deleted = env.service.delete_unknown_objects(&Operator::unknown()).await;
    deleted.expect("deleted");
    assert_eq!(env.differing().await, (0, 0));
    assert!(!env.is_there(&name(900)).await && !env.is_there(&name(901)).await);
    assert_eq!(env.said().await, "");
    let log = AuditLog::open(&env.config.database).await.expect("it opens");
    let rows = log.list(None).await.expect("listed");
    let actions: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["unknown-delete"]);
    // Once, and not from now on.
    env.put_objects([name(902), name(903)]).await;
    env.compare().await;
    env.advance(8 * DAY);
    env.compare().await;
    assert!(env.is_there(&name(902)).await && env.is_there(&name(903)).await);
}

async fn q07_what_is_promised_and_missing_is_said_until_it_is_back(env: TestEnv) {
    env.keep(0..30).await;
    env.promise(30..33).await;
    env.compare().await;
    assert_eq!(env.differing().await, (0, 3));
    let said = env.said().await;
    assert!(
        said.contains("lacks 3 objects") && said.contains("verify-storage"),
        "{said}"
    );
    assert_eq!(
        env.number("SELECT COUNT(*) FROM uploads WHERE state = 'committed'")
            .await,
        33,
        "nothing is changed by it"
    );
    env.put_objects([name(30)]).await;
    env.sql(&format!(
        "UPDATE uploads SET state = 'deleting' WHERE key = '{}'",
        name(31)
    ))
    .await;
    env.compare().await;
    assert_eq!(env.differing().await, (0, 1));
    env.put_objects([name(32)]).await;
    env.compare().await;
    assert_eq!((env.differing().await, env.said().await.as_str()), ((0, 0), ""));
}

async fn q07_what_is_anothers_is_only_counted(env: TestEnv) {
    // More names than one listing has, before, between and behind those of ours, and more rows than names.
    let others = ["o/!", "o/ABCDEF", "o/readme.txt", "o/g", "o/zz", "p/x", "0/x"].map(str::to_owned);
    let many = (0..1_100).map(|n| format!("o/{n:032x}.bak"));
    let all: Vec<String> = others.into_iter().chain(many).collect();
    env.put_objects(all.clone()).await;
    env.keep(0..1_050).await;
    env.promise(2_000..3_010).await;
    env.compare().await;
    assert_eq!(env.differing().await, (0, 1_010));
    let counted = env.numbers("SELECT others FROM storage_walk").await;
    assert_eq!(counted, [1_105], "below o/");
    assert_eq!(env.numbers("SELECT listed FROM storage_walk").await, [1_050]);
    env.advance(30 * DAY);
    env.compare().await;
    for key in all.iter().step_by(97) {
        assert!(env.is_there(key).await, "{key}");
    }
    assert_eq!(env.numbers("SELECT others FROM storage_walk").await, [1_105]);
}

async fn q07_a_walk_that_is_cut_anywhere_goes_on(env: TestEnv) {
    env.keep(0..1_050).await;
    env.put_objects((5_000..6_100).map(name)).await;
    env.promise(7_000..7_020).await;
    let mut patience = Duration::from_millis(10);
    let mut cuts = 0;
    env.advance(DAY);
    loop {
        match tokio::time::timeout(patience, env.service.compare_storage()).await {
            Ok(done) => done.expect("compared"),
            Err(_) => cuts += 1,
        }
        if env
            .number("SELECT COUNT(*) FROM storage_walk WHERE ended_at IS NOT NULL")
            .await
            == 1
        {
            break;
        }
        patience = patience * 3 / 2;
    }
    assert!(cuts > 0, "it was cut");
    assert_eq!(env.differing().await, (1_100, 20));
    assert_eq!(
        env.numbers("SELECT number FROM storage_walk").await,
        [1],
        "it was one walk"
    );
    assert_eq!(env.numbers("SELECT listed FROM storage_walk").await, [2_150]);
}

async fn q07_a_bucket_that_is_away_proves_nothing(env: TestEnv) {
    env.keep(0..30).await;
    env.bucket.misbehave(Fault::Down);
    env.advance(DAY);
    assert!(env.service.compare_storage().await.is_err());
    assert_eq!(env.differing().await, (0, 0));
    env.bucket.misbehave(Fault::None);
    env.compare().await;
    assert_eq!(env.differing().await, (0, 0));
}
