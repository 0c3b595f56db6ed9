//! Many writers of one SQLite database.

use sealdrop_api::ObjectId;

use crate::support::{Db, TestEnv, random, small, token};

/// Each waits for its turn; none hears that the database is locked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o05_fifty_writers_of_two_servers_wait_for_each_other() {
    let env = TestEnv::new(Db::Sqlite).await;
    let other = env.another().await;
    let mut uploads = Vec::new();
    for _ in 0..50 {
        let (token, id) = (token(), ObjectId(random()));
        env.reserve(&token, id, &small(id)).await.expect("room");
        uploads.push((token, id));
    }
    let writers = uploads.into_iter().enumerate().map(|(at, (token, id))| {
        let service = if at % 2 == 0 {
            env.service.clone()
        } else {
            other.clone()
        };
        tokio::spawn(async move { service.delete_upload(&token, id).await })
    });
    for done in futures::future::join_all(writers).await {
        done.expect("no panic").expect("it waited for the others");
    }
}
