//! The bucket as a process of its own: killed in the middle of a body, and on a disk that is full.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata as _,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use sealdrop_test_support::s3::{Endpoint, ServerKind};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

const MIB: usize = 1 << 20;

struct Server {
    child: Child,
    endpoint: Endpoint,
    root: PathBuf,
}

impl Server {
    /// `wrapper` is run with the server's command line as its arguments.
    async fn start(root: &Path, wrapper: &[&str]) -> anyhow::Result<Self> {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let program = env!("CARGO_BIN_EXE_local-s3-server");
        let mut line: Vec<&str> = wrapper.to_vec();
        line.push(program);
        let mut child = Command::new(line[0])
            .args(&line[1..])
            .arg("--root")
            .arg(root)
            .args(["--access-key", "AK", "--secret-key", "SK"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        let first = lines.next_line().await?.context("the server ended without a word")?;
        let url = first
            .strip_prefix("listening on ")
            .and_then(|url| url.strip_suffix("/blobs"))
            .context(first.clone())?;
        let endpoint = Endpoint {
            kind: ServerKind::Local,
            url: url.to_owned(),
            bucket: "blobs".to_owned(),
            region: "us-east-1".to_owned(),
            access_key: "AK".to_owned(),
            secret_key: "SK".to_owned(),
        };
        Ok(Self {
            child,
            endpoint,
            root: root.to_owned(),
        })
    }

    fn temp_files(&self) -> anyhow::Result<usize> {
        Ok(std::fs::read_dir(self.root.join("tmp"))?.count())
    }

    async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}

async fn create(client: &Client) -> anyhow::Result<String> {
    let made = client
        .create_multipart_upload()
        .bucket("blobs")
        .key("object")
        .send()
        .await?;
    made.upload_id.context("no upload id")
}

async fn part(client: &Client, id: &str, n: i32, body: Vec<u8>) -> anyhow::Result<CompletedPart> {
    let request = client
        .upload_part()
        .bucket("blobs")
        .key("object")
        .upload_id(id)
        .part_number(n);
    let sent = request.body(ByteStream::from(body)).send().await?;
    Ok(CompletedPart::builder().part_number(n).set_e_tag(sent.e_tag).build())
}

async fn complete(client: &Client, id: &str, parts: Vec<CompletedPart>) -> anyhow::Result<()> {
    let list = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let request = client
        .complete_multipart_upload()
        .bucket("blobs")
        .key("object")
        .upload_id(id);
    request.multipart_upload(list).send().await?;
    Ok(())
}

async fn read(client: &Client) -> anyhow::Result<Vec<u8>> {
    let got = client.get_object().bucket("blobs").key("object").send().await?;
    Ok(got.body.collect().await?.to_vec())
}

#[tokio::test]
async fn killed_in_the_middle_of_a_part_it_goes_on_after_the_last_whole_one() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("bucket");
    let server = Server::start(&root, &[]).await?;
    let client = server.endpoint.client();
    let id = create(&client).await?;
    let first = part(&client, &id, 1, vec![1; 5 * MIB]).await?;

    let signing = aws_sdk_s3::presigning::PresigningConfig::expires_in(Duration::from_secs(60))?;
    let request = client
        .upload_part()
        .bucket("blobs")
        .key("object")
        .upload_id(&id)
        .part_number(2);
    let url = request.content_length(8 * MIB as i64).presigned(signing).await?;
    let path = url.uri().strip_prefix(&server.endpoint.url).context("another server")?;
    let mut stream = TcpStream::connect(server.endpoint.authority()).await?;
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n",
        server.endpoint.authority(),
        8 * MIB
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&vec![2; 3 * MIB]).await?;
    while server.temp_files()? == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.kill().await?;
    assert_eq!(
        std::fs::read_dir(root.join("tmp"))?.count(),
        1,
        "the kill came too late to mean anything"
    );

    let server = Server::start(&root, &[]).await?;
    let client = server.endpoint.client();
    assert_eq!(server.temp_files()?, 0);
    let listed = client
        .list_parts()
        .bucket("blobs")
        .key("object")
        .upload_id(&id)
        .send()
        .await?;
    let told: Vec<_> = listed
        .parts()
        .iter()
        .map(|part| (part.part_number(), part.size(), part.e_tag()))
        .collect();
    assert_eq!(told, [(Some(1), Some(5 * MIB as i64), first.e_tag())]);
    let second = part(&client, &id, 2, vec![2; 8 * MIB]).await?;
    complete(&client, &id, vec![first, second]).await?;
    server.kill().await?;

    let server = Server::start(&root, &[]).await?;
    assert!(read(&server.endpoint.client()).await? == [vec![1; 5 * MIB], vec![2; 8 * MIB]].concat());
    server.kill().await
}

/// The limit on the size of a file stands in for the end of the disk: the write that crosses it fails half done.
#[tokio::test]
async fn o11_a_disk_that_fills_up_is_507_and_leaves_nothing_behind() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("bucket");
    // 512-byte blocks: files end at 6 MiB. An ignored SIGXFSZ turns the signal into an error of the write.
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 12288; exec \"$@\"", "limited"];
    let server = Server::start(&root, &limited).await?;
    let client = server.endpoint.client();
    let id = create(&client).await?;
    let first = part(&client, &id, 1, vec![1; 5 * MIB]).await?;

    let request = client
        .upload_part()
        .bucket("blobs")
        .key("object")
        .upload_id(&id)
        .part_number(2);
    let refused = request.body(ByteStream::from(vec![2; 8 * MIB])).send().await;
    let error = refused.err().context("8 MiB went where 6 fit")?;
    assert_eq!(
        error.raw_response().map(|response| response.status().as_u16()),
        Some(507)
    );
    assert_eq!(error.code(), Some("InsufficientStorage"));
    let refused = client
        .put_object()
        .bucket("blobs")
        .key("other")
        .body(ByteStream::from(vec![3; 8 * MIB]))
        .send()
        .await;
    assert_eq!(
        refused.err().context("8 MiB went where 6 fit")?.code(),
        Some("InsufficientStorage")
    );

    assert_eq!(server.temp_files()?, 0);
    let folders = std::fs::read_dir(root.join("data"))?.count();
    assert_eq!(folders, 1, "something else than the upload is left");
    let listed = client
        .list_parts()
        .bucket("blobs")
        .key("object")
        .upload_id(&id)
        .send()
        .await?;
    assert_eq!(listed.parts().len(), 1);
    let second = part(&client, &id, 2, b"it fits".to_vec()).await?;
    complete(&client, &id, vec![first, second]).await?;
    ensure!(read(&client).await? == [vec![1; 5 * MIB], b"it fits".to_vec()].concat());
    server.kill().await
}
