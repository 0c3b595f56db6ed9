//! Gives each client an address of the loopback, as the server sees it: what is bounded for one client is
//! bounded for that one.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};

use crate::held;

#[derive(Debug)]
pub(super) struct Relay {
    listen: SocketAddr,
    task: JoinHandle<()>,
    heard: Arc<Mutex<Vec<u8>>>,
}

/// What is remembered of what passed.
const MOST_HEARD: usize = 1 << 20;

impl Relay {
    pub(super) async fn start(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let listen = listener.local_addr()?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let hears = Arc::clone(&hears);
                tokio::spawn(async move {
                    // A server that does not let them in is what the client is to see: the connection ends.
                    if let Ok(server) = connect_from(from, to).await {
                        pass(client, server, &hears).await;
                    }
                });
            }
        });
        Ok(Self { listen, task, heard })
    }

    /// `http://127.0.0.1:PORT`.
    pub(super) fn address(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// The first of the paths that were asked for by GET and begin so.
    pub(super) fn asked_for(&self, begin: &str) -> Option<String> {
        let heard = String::from_utf8_lossy(&held(&self.heard)).into_owned();
        let (_, from) = heard.split_once(&format!("GET {begin}"))?;
        let rest = from.split(' ').next()?;
        Some(format!("{begin}{rest}"))
    }
}

/// Hands everything on both ways, and remembers the begin of what the client says.
async fn pass(client: TcpStream, server: TcpStream, hears: &Mutex<Vec<u8>>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = async {
        let mut piece = vec![0; 64 << 10];
        while let Ok(read @ 1..) = from_client.read(&mut piece).await {
            {
                let mut heard = held(hears);
                let room = MOST_HEARD.saturating_sub(heard.len());
                heard.extend_from_slice(&piece[..read.min(room)]);
            }
            if to_server.write_all(&piece[..read]).await.is_err() {
                break;
            }
        }
        let _ = to_server.shutdown().await;
    };
    let answering = async {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        let _ = to_client.shutdown().await;
    };
    tokio::join!(asking, answering);
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A connection whose other end sees this address.
pub(super) async fn connect_from(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(to).await
}
