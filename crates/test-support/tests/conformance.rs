//! The embedded bucket answers as S3 does.

use sealdrop_test_support::s3::{LocalS3Process, conformance};

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_bucket_conforms() -> anyhow::Result<()> {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = LocalS3Process::start().await?;
    let report = conformance::run(&server.endpoint, "").await?;
    println!("{report}");
    server.stop().await;
    let failures: Vec<_> = report.failures().collect();
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(report.asked() >= 40, "only {} cases were asked", report.asked());
    Ok(())
}
