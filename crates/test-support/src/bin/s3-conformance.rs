//! Runs the S3 conformance suite against the embedded bucket, SeaweedFS or any S3, and prints its table.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use sealdrop_test_support::s3::{Endpoint, LocalS3Process, Seaweed, ServerKind, conformance, doctor};

#[derive(Parser)]
#[command(about = "Asks an S3 server the questions of the conformance suite")]
struct Args {
    /// `local` and `seaweed` are started and ended; a URL is a server that runs already.
    #[arg(long, default_value = "local")]
    server: String,
    /// The binary of SeaweedFS.
    #[arg(long, default_value = ".venv/bin/weed")]
    weed: PathBuf,
    /// Only cases whose name contains this.
    #[arg(long, default_value = "")]
    filter: String,
    /// Bucket, for a URL.
    #[arg(long, default_value = "blobs")]
    bucket: String,
    /// Region, for a URL.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Access key, for a URL.
    #[arg(long, default_value = "")]
    access_key: String,
    /// Secret key, for a URL.
    #[arg(long, default_value = "")]
    secret_key: String,
    /// Where to note the verdicts on cases that prove a row of the table of faults.
    #[arg(long)]
    faults: Option<PathBuf>,
    /// Instead of asking it, let this binary of `sealdrop-server` look at it with `doctor`, with each misconfiguration planted in turn.
    #[arg(long)]
    doctor: Option<PathBuf>,
    /// Instead of asking, start the server, print its environment and wait for the end of standard input.
    #[arg(long)]
    serve: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    // A second installation of it would only mean that another test was faster.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match args.server.as_str() {
        "local" => {
            let server = LocalS3Process::start().await?;
            let passed = work(&args, &server.endpoint).await;
            server.stop().await;
            passed
        }
        "seaweed" => {
            let server = Seaweed::start(&std::path::absolute(&args.weed)?).await?;
            let passed = work(&args, &server.endpoint).await;
            server.stop().await?;
            passed
        }
        url => {
            let endpoint = Endpoint {
                kind: ServerKind::Other,
                url: url.trim_end_matches('/').to_owned(),
                bucket: args.bucket.clone(),
                region: args.region.clone(),
                access_key: args.access_key.clone(),
                secret_key: args.secret_key.clone(),
            };
            work(&args, &endpoint).await
        }
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
async fn work(args: &Args, endpoint: &Endpoint) -> anyhow::Result<ExitCode> {
    if args.serve {
        println!("S3_ENDPOINT={}", endpoint.url);
        println!("S3_BUCKET={}", endpoint.bucket);
        println!("S3_ACCESS_KEY={}", endpoint.access_key);
        println!("S3_SECRET_KEY={}", endpoint.secret_key);
        println!("ready");
        tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(server) = &args.doctor {
        let report = doctor::run(endpoint, server).await?;
        println!("{report}");
        if let Some(path) = &args.faults {
            std::fs::write(path, report.faults())?;
        }
        return Ok(if report.is_good() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    let report = conformance::run(endpoint, &args.filter).await?;
    println!("{report}");
    if let Some(path) = &args.faults {
        std::fs::write(path, report.faults())?;
    }
    Ok(if report.failures().next().is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
