//! Gives whoever connects to it an address of the loopback, as the server sees them: what is bounded for one client is
//! bounded for that one.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};

#[derive(Debug)]
pub(super) struct Relay {
    listen: SocketAddr,
    task: JoinHandle<()>,
}

impl Relay {
    pub(super) async fn start(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let listen = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    // A server that does not let them in is what the client is to see: the connection ends.
                    if let Ok(mut server) = connect_from(from, to).await {
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    }
                });
            }
        });
        Ok(Self { listen, task })
    }

    /// `http://127.0.0.1:PORT`.
    pub(super) fn address(&self) -> String {
        format!("http://{}", self.listen)
    }
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
