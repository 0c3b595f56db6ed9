//! The embedded bucket as a server of its own, for tests of other crates and of other languages.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use sealdrop_local_s3::{Credentials, LocalS3, LocalS3Config};
use tokio::net::TcpListener;

#[derive(Parser)]
#[command(about = "Serves a folder as an S3 bucket")]
struct Args {
    /// Folder of the bucket.
    #[arg(long)]
    root: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Name of the bucket.
    #[arg(long, default_value = "blobs")]
    bucket: String,
    /// Access key; without it, the pair in <root>.credentials is used, and made where it is missing.
    #[arg(long, requires = "secret_key")]
    access_key: Option<String>,
    /// Secret key.
    #[arg(long, requires = "access_key")]
    secret_key: Option<String>,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the line that scripts wait for")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let filter = tracing_subscriber::EnvFilter::new("info,s3s=off");
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let credentials = match (args.access_key, args.secret_key) {
        (Some(access), Some(secret)) => Credentials::new(access, secret),
        _ => {
            let mut beside = args.root.clone().into_os_string();
            beside.push(".credentials");
            Credentials::load_or_make(PathBuf::from(beside))?
        }
    };
    let mut config = LocalS3Config::new(args.root, &credentials);
    config.bucket = args.bucket;
    let name = config.bucket.clone();
    let bucket = LocalS3::open(config).await?;
    let listener = TcpListener::bind(args.listen).await?;
    println!("listening on http://{}/{name}", listener.local_addr()?);
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    sealdrop_test_support::s3::serve(listener, bucket.service(), stop).await;
    Ok(())
}
