//! One address in front of several servers, as a proxy of the fourth layer: it hands connections on, in turn, to servers that `/readyz`
//! says can serve, and takes the next one where none is accepted.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::held;

/// Between two questions to a server, and how long an answer is waited for.
const ASK_EVERY: Duration = Duration::from_millis(500);
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long a connection waits for a server that takes it.
const PATIENCE: Duration = Duration::from_secs(10);

struct Upstream {
    address: Mutex<Option<SocketAddr>>,
    is_ready: AtomicBool,
}

/// Until it is dropped.
pub(super) struct Balancer {
    listen: SocketAddr,
    upstreams: Arc<Vec<Upstream>>,
    drained: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Balancer {
    pub(super) async fn start(servers: usize) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let listen = listener.local_addr()?;
        let unknown = || Upstream {
            address: Mutex::new(None),
            is_ready: AtomicBool::new(false),
        };
        let upstreams: Arc<Vec<Upstream>> = Arc::new((0..servers).map(|_| unknown()).collect());
        let drained = Arc::new(AtomicUsize::new(0));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&upstreams)));
        let asking = (0..servers).map(|at| tokio::spawn(ask(Arc::clone(&upstreams), at, Arc::clone(&drained))));
        let tasks = std::iter::once(accepting).chain(asking).collect();
        Ok(Self {
            listen,
            upstreams,
            drained,
            tasks,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub(super) fn address(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// How often a server said that it ends, and was taken out.
    pub(super) fn drained(&self) -> usize {
        self.drained.load(Ordering::SeqCst)
    }

    /// A server is there, and ready.
    pub(super) fn is_at(&self, at: usize, address: SocketAddr) {
        *held(&self.upstreams[at].address) = Some(address);
        self.upstreams[at].is_ready.store(true, Ordering::SeqCst);
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn accept(listener: TcpListener, upstreams: Arc<Vec<Upstream>>) {
    let mut next = 0;
    while let Ok((mut client, _)) = listener.accept().await {
        next += 1;
        let (upstreams, first) = (Arc::clone(&upstreams), next);
        tokio::spawn(async move {
            // A client whose server cannot be found sees that its connection ends.
            if let Some(mut server) = connect(&upstreams, first).await {
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}

/// Connects to the first that takes it: those that are ready, and only then any.
async fn connect(upstreams: &[Upstream], first: usize) -> Option<TcpStream> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        for wants_ready in [true, false] {
            for step in 0..upstreams.len() {
                let upstream = &upstreams[(first + step) % upstreams.len()];
                if upstream.is_ready.load(Ordering::SeqCst) != wants_ready {
                    continue;
                }
                let address = *held(&upstream.address);
                if let Some(address) = address
                    && let Ok(server) = TcpStream::connect(address).await
                {
                    return Some(server);
                }
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
    None
}

/// Asks one server again and again whether it can serve.
async fn ask(upstreams: Arc<Vec<Upstream>>, at: usize, drained: Arc<AtomicUsize>) {
    loop {
        sleep(ASK_EVERY).await;
        let address = *held(&upstreams[at].address);
        let Some(address) = address else { continue };
        let answer = timeout(ANSWER_WITHIN, ready(address)).await;
        let answer = answer.ok().and_then(Result::ok).unwrap_or_default();
        let is_ready = answer.starts_with("HTTP/1.1 200");
        if upstreams[at].is_ready.swap(is_ready, Ordering::SeqCst) && answer.contains("\"draining\":true") {
            drained.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn ready(address: SocketAddr) -> std::io::Result<String> {
    let mut server = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    server.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
