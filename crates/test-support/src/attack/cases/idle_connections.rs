//! N04: as many HTTP/2 connections as the server takes, which ask nothing and answer its pings.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::Instant,
};

use crate::attack::{case::Attack, stranger::Stranger};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N04",
    name: "idle connections",
    aged: None,
    run,
};

/// As many as a server takes by default.
const CONNECTIONS: usize = 4_096;
const HELD: Duration = Duration::from_secs(6);

/// The preface, and no settings of its own (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
/// Of a frame: three of length, one of type, one of flags, four of stream.
const FRAME_HEAD: usize = 9;
const PING: u8 = 6;
const ACK: u8 = 1;

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let end = Instant::now() + HELD;
        let mut held = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let stranger = Arc::clone(&stranger);
            held.spawn(async move {
                match tokio::time::timeout_at(end, stranger.connect()).await {
                    Ok(Ok(stream)) => stay(stream, end).await,
                    _ => false,
                }
            });
        }
        let stayed = held.join_all().await.into_iter().filter(|stayed| *stayed).count();
        Ok(format!("{stayed} of {CONNECTIONS} held to the end"))
    }
    .boxed()
}

/// Whether the connection is still there at the end.
async fn stay(mut stream: TcpStream, end: Instant) -> bool {
    let talk = async {
        stream.write_all(PREFACE).await?;
        let mut head = [0; FRAME_HEAD];
        loop {
            stream.read_exact(&mut head).await?;
            let len = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
            let mut payload = vec![0; len];
            stream.read_exact(&mut payload).await?;
            if head[3] == PING && head[4] & ACK == 0 {
                head[4] |= ACK;
                stream.write_all(&head).await?;
                stream.write_all(&payload).await?;
            }
        }
    };
    let talked: Result<std::io::Result<()>, _> = tokio::time::timeout_at(end, talk).await;
    talked.is_err()
}
