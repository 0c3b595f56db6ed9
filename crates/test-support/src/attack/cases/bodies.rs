//! N07: bodies that are sent but for their last byte, on the routes that take the longest.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    task::JoinSet,
    time::Instant,
};

use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N07",
    name: "bodies before proof",
    aged: None,
    run,
};

/// Connections, and bytes of each body but one.
const CONNECTIONS: usize = 800;
const LEN: usize = 1 << 20;
/// What a link's payload may take, for the route that takes one of anybody.
const PAYLOAD_LEN: usize = 88 << 10;
const HELD: Duration = Duration::from_secs(6);

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let end = Instant::now() + HELD;
        let mut bodies = JoinSet::new();
        for n in 0..CONNECTIONS {
            let path = match n % 4 {
                0 => format!("/api/v1/links/{}/open", random_text::<16>()?),
                1 => format!("/api/v1/uploads/{}/complete", random_text::<16>()?),
                _ => "/api/v1/links".to_owned(),
            };
            let len = if n % 4 == 3 { PAYLOAD_LEN } else { LEN };
            bodies.spawn(send(Arc::clone(&stranger), path, len, end));
        }
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(heard) = bodies.join_next().await {
            *told.entry(heard?).or_default() += 1;
        }
        Ok(format!("{told:?}"))
    }
    .boxed()
}

/// What was heard before the end.
async fn send(stranger: Arc<Stranger>, path: String, len: usize, end: Instant) -> String {
    let talk = async {
        let token = random_text::<32>()?;
        let mut stream = stranger.connect().await?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: drop.test\r\nContent-Type: application/json\r\nSealdrop-Token: {token}\r\n\
             Content-Length: {len}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        let (mut reader, mut writer) = stream.into_split();
        let body = vec![b' '; len - 1];
        let write = async {
            // A refused client cannot go on writing, and gets the reason.
            let _ = writer.write_all(&body).await;
            std::future::pending::<()>().await;
        };
        let mut status = [0; 12];
        tokio::select! {
            read = reader.read_exact(&mut status) => drop(read?),
            () = write => {}
        }
        anyhow::Ok(String::from_utf8_lossy(&status[9..]).into_owned())
    };
    match tokio::time::timeout_at(end, talk).await {
        Ok(Ok(status)) => status,
        Ok(Err(_)) => "cut".to_owned(),
        Err(_) => "held".to_owned(),
    }
}
