//! A server that names addresses of its own choice, and listeners that must see no connection.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use sealdrop_transfer::{ApiRequest, Platform, TransferError};

use super::{CliPlatform, server_url::parse_server, zone::Zone};

/// Every name leads to this machine.
struct Here;

impl Resolve for Here {
    fn resolve(&self, _: Name) -> Resolving {
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        Box::pin(async move { Ok(Box::new(std::iter::once(here)) as Addrs) })
    }
}

/// Answers every request in one way, and counts who comes.
struct Listener {
    port: u16,
    came: Arc<AtomicUsize>,
}

impl Listener {
    fn new(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (came, answer) = (Arc::new(AtomicUsize::new(0)), answer.to_owned());
        let count = Arc::clone(&came);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                serve(stream, &answer);
            }
        });
        Self { port, came }
    }

    fn ok() -> Self {
        Self::new("200 OK\r\nETag: \"e\"")
    }

    fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

/// Who hangs up in the middle is a caller like any other.
fn serve(mut stream: TcpStream, answer: &str) {
    let mut seen = Vec::new();
    let mut block = [0; 4_096];
    while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut block) {
            Ok(read @ 1..) => seen.extend_from_slice(&block[..read]),
            _ => return,
        }
    }
    let _ =
        stream.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}").as_bytes());
}

/// A client of this server, for which every name leads to this machine.
fn client(server: &str) -> CliPlatform {
    // One TLS for the whole process; a second call would only say that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    CliPlatform::with(parse_server(server).expect("an address"), 1, Arc::new(Here)).expect("a client")
}

async fn put(platform: &CliPlatform, url: &str) -> Result<String, TransferError> {
    platform.send_sealed(url, Arc::new(vec![1; 10])).await
}

fn refused(result: &Result<String, TransferError>) -> bool {
    matches!(result, Err(TransferError::AddressRefused { .. }))
}

#[tokio::test]
async fn n13_a_server_elsewhere_sends_nobody_to_this_machine() {
    let listener = Listener::ok();
    let port = listener.port;
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f.1",
        "0.0.0.0",
        "localhost",
        "localhost.",
        // Only a look at what it resolves to tells.
        "storage.example",
    ] {
        for zone in [Zone::Public, Zone::Private] {
            let platform = client("http://drop.example");
            platform.policy.place(zone);
            let result = put(&platform, &format!("http://{host}:{port}/bucket/part")).await;
            assert!(refused(&result), "{host}: {result:?}");
        }
    }
    assert_eq!(listener.came(), 0, "no connection");
    // Where the server is on this machine as well, it is nothing special.
    let platform = client("http://drop.example");
    platform.policy.place(Zone::Here);
    let result = put(&platform, &format!("http://storage.example:{port}/bucket/part")).await;
    assert_eq!((result.as_deref(), listener.came()), (Ok("\"e\""), 1));
}

#[tokio::test]
async fn n13_where_the_server_is_is_learnt_from_what_answers() {
    let (server, storage) = (Listener::ok(), Listener::ok());
    let platform = client(&format!("http://drop.example:{}", server.port));
    let asking = ApiRequest {
        method: sealdrop_api::Method::Get,
        path: "/api/v1/limits".to_owned(),
        token: None,
        body: None,
    };
    platform.request(asking).await.expect("an answer");
    let result = put(&platform, &format!("http://storage.example:{}/part", storage.port)).await;
    assert_eq!((result.as_deref(), storage.came()), (Ok("\"e\""), 1));
}

#[tokio::test]
async fn n13_one_storage_is_asked_and_none_without_encryption_beside_a_server_with_it() {
    let (one, other) = (Listener::ok(), Listener::ok());
    let platform = client("http://127.0.0.1:9");
    let at = |listener: &Listener| format!("http://127.0.0.1:{}/part", listener.port);
    put(&platform, &at(&one)).await.expect("the first");
    assert!(refused(&put(&platform, &at(&other)).await), "another one");
    put(&platform, &at(&one)).await.expect("the first again");
    let platform = client("https://127.0.0.1:9");
    assert!(refused(&put(&platform, &at(&other)).await), "http beside https");
    for odd in ["file:///etc/passwd", "ftp://127.0.0.1/", "http://"] {
        assert!(refused(&put(&platform, odd).await), "{odd}");
    }
    assert_eq!((one.came(), other.came()), (2, 0));
}

#[tokio::test]
async fn n13_a_storage_that_sends_elsewhere_is_not_followed() {
    let other = Listener::ok();
    let storage = Listener::new(&format!(
        "303 See Other\r\nLocation: http://127.0.0.1:{}/part",
        other.port
    ));
    let platform = client("http://127.0.0.1:9");
    let result = put(&platform, &format!("http://127.0.0.1:{}/part", storage.port)).await;
    assert!(
        matches!(result, Err(TransferError::Bucket { status: 303, .. })),
        "{result:?}"
    );
    assert_eq!((storage.came(), other.came()), (1, 0));
}
