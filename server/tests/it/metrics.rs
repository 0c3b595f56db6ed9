//! Numbers for Prometheus: where they are, what they count, and that nobody's things are in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use reqwest::{Method, StatusCode};
use sealdrop_api::claims::{ClaimState, CommitClaim};
use sealdrop_server::metrics::all_metrics;

use crate::{
    harness::{Result, Server},
    transfer::{Sent, send},
};

async fn counting() -> Result<Server> {
    Server::start_with(&[("SEALDROP_RATE_LIMITS", "off"), ("SEALDROP_METRICS_LISTEN", "0")]).await
}

/// The series and their numbers.
async fn scrape(server: &Server) -> Result<BTreeMap<String, f64>> {
    let addr = server.metrics().ok_or("no metrics")?;
    let response = server.client.get(format!("http://{addr}/metrics")).send().await?;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = response.text().await?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, number) = line.rsplit_once(' ').ok_or("no number")?;
            Ok((series.to_owned(), number.parse()?))
        })
        .collect()
}

/// The metric of a series: without labels, and without what a histogram adds.
fn metric(series: &str) -> &str {
    let name = series.split('{').next().unwrap_or(series);
    let is_known = |name: &str| all_metrics().any(|metric| metric.name == name);
    let parts = ["_bucket", "_sum", "_count"]
        .iter()
        .filter_map(|part| name.strip_suffix(part));
    parts.into_iter().find(|name| is_known(name)).unwrap_or(name)
}

async fn receive(server: &Server, sent: &Sent) -> Result {
    let (claim_id, _) = sent.claim(server).await?;
    let commit = CommitClaim {
        link_id: sent.link_id,
        claim_id,
        body: sent.proof(),
    };
    assert_eq!(server.ask(&commit, None).await?.state, ClaimState::Committed);
    Ok(())
}

#[tokio::test]
async fn o30_metrics_are_off_and_never_on_the_public_listener() -> Result {
    let server = Server::start().await?;
    assert_eq!(server.metrics(), None);
    assert_eq!(server.get("/metrics").await?.status(), StatusCode::NOT_FOUND);
    server.stop().await;
    let server = counting().await?;
    let addr = server.metrics().ok_or("no metrics")?;
    assert!(addr.ip().is_loopback());
    let public = server.get("/metrics").await?;
    assert_eq!(public.status(), StatusCode::NOT_FOUND);
    assert!(!public.text().await?.contains("sealdrop_http"));
    for path in ["/", "/healthz", "/api/v1/limits", "/metrics/"] {
        let other = server.client.get(format!("http://{addr}{path}")).send().await?;
        assert_eq!(other.status(), StatusCode::NOT_FOUND, "{path}");
    }
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn o30_what_happens_is_counted() -> Result {
    let server = counting().await?;
    let before = scrape(&server).await?;
    let sent = send(&server, &[7; 300], b"payload", 3).await?;
    receive(&server, &sent).await?;
    let after = scrape(&server).await?;
    let more = |series: &str| {
        let of = |all: &BTreeMap<String, f64>| all.get(series).copied();
        let after = of(&after).unwrap_or_else(|| panic!("no {series} in {:#?}", after.keys()));
        after - of(&before).unwrap_or_default()
    };
    #[expect(clippy::cast_precision_loss, reason = "a short object")]
    let object_len = sent.object_len as f64;
    for (series, expected) in [
        ("sealdrop_uploads_total{event=\"reserved\"}", 1.0),
        ("sealdrop_uploads_total{event=\"committed\"}", 1.0),
        ("sealdrop_upload_bytes_total{event=\"committed\"}", object_len),
        ("sealdrop_presigned_urls_total{method=\"put\"}", 1.0),
        ("sealdrop_presigned_urls_total{method=\"get\"}", 1.0),
        ("sealdrop_links_total{event=\"created\"}", 1.0),
        ("sealdrop_claims_total{event=\"created\",purpose=\"download\"}", 1.0),
        ("sealdrop_claims_total{event=\"committed\",purpose=\"download\"}", 1.0),
        (
            "sealdrop_http_requests_total{route=\"/api/v1/uploads\",method=\"post\",status=\"2xx\"}",
            1.0,
        ),
        (
            "sealdrop_http_request_seconds_count{route=\"/api/v1/uploads\",method=\"post\"}",
            1.0,
        ),
        (
            "sealdrop_bucket_request_seconds_count{operation=\"CompleteMultipartUpload\"}",
            1.0,
        ),
    ] {
        assert!((more(series) - expected).abs() < 0.5, "{series}: {}", more(series));
    }
    for well in ["server", "database", "bucket", "clock", "jobs", "expiry"] {
        let series = format!("sealdrop_ready{{part=\"{well}\"}}");
        assert!(after.get(&series).is_some_and(|is_well| *is_well > 0.5), "{series}");
    }
    assert!(after["process_resident_memory_bytes"] > 1e6);
    assert!(after["sealdrop_http_connections{listener=\"metrics\"}"] > 0.5);
    assert!(after["sealdrop_metrics_fresh{source=\"database\"}"] > 0.5);
    server.stop().await;
    Ok(())
}

/// All series but those of background jobs, which run meanwhile and whose kinds and operations are the program's own.
fn of_requests(series: BTreeMap<String, f64>) -> BTreeSet<String> {
    let of_jobs = ["sealdrop_job_runs_total", "sealdrop_bucket_request_seconds"];
    let mut all: BTreeSet<String> = series.into_keys().collect();
    all.retain(|series| !of_jobs.contains(&metric(series)));
    all
}

/// What strangers send makes no label, and what users have stands in none.
#[tokio::test]
async fn o30_a_thousand_paths_and_links_make_no_series() -> Result {
    let server = counting().await?;
    let sent = send(&server, &[7; 300], b"payload", 3).await?;
    receive(&server, &sent).await?;
    let ask = async |n: u32| -> Result {
        let path = match n % 4 {
            0 => format!("/d/{n:022}"),
            1 => format!("/stray/{n}?q={n}"),
            2 => format!("/api/v1/links/{n:022}"),
            _ => format!("/blobs/o/{n:032x}"),
        };
        let method = Method::from_bytes(format!("X{}", n / 4 % 50).as_bytes())?;
        server.get(&path).await?;
        server.request(method, &path).send().await?;
        Ok(())
    };
    for n in 0..8 {
        ask(n).await?;
    }
    // The second one counts the first.
    scrape(&server).await?;
    let before: BTreeSet<String> = of_requests(scrape(&server).await?);
    for n in 8..1008 {
        ask(n).await?;
    }
    let after: BTreeSet<String> = of_requests(scrape(&server).await?);
    assert_eq!(after.difference(&before).collect::<Vec<_>>(), [] as [&String; 0]);
    for secret in [
        sent.link_id.to_string(),
        sent.object_id.to_string(),
        "127.0.0.1".to_owned(),
    ] {
        assert!(!after.iter().any(|series| series.contains(&secret)), "{secret}");
    }
    server.stop().await;
    Ok(())
}

fn in_repository(path: &str) -> Result<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Names of metrics in a text.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let of_process = ["process_resident", "process_open", "process_start"];
    words
        .filter(|word| {
            // The program is called so too, and so is its user.
            let is_ours = word.starts_with("sealdrop_") && *word != "sealdrop_server";
            is_ours || of_process.iter().any(|start| word.starts_with(start))
        })
        .map(metric)
        .collect()
}

#[tokio::test]
async fn o30_every_metric_is_shown_and_every_one_that_is_named_exists() -> Result {
    let server = counting().await?;
    send(&server, &[7; 300], b"payload", 3).await?;
    scrape(&server).await?;
    let shown = scrape(&server).await?;
    let shown: BTreeSet<&str> = shown.keys().map(|series| metric(series)).collect();
    // A run of a job is counted when it ended: perhaps none has.
    let known: BTreeSet<&str> = all_metrics().map(|metric| metric.name).collect();
    let missing: Vec<_> = known
        .difference(&shown)
        .filter(|name| **name != "sealdrop_job_runs_total")
        .collect();
    assert!(missing.is_empty(), "listed and not shown: {missing:?}");
    let unknown: Vec<_> = shown.difference(&known).collect();
    assert!(unknown.is_empty(), "shown and not listed: {unknown:?}");
    for file in [
        "deploy/grafana/sealdrop.json",
        "deploy/prometheus/sealdrop-rules.yml",
        "docs/guide/operations.md",
    ] {
        let text = in_repository(file)?;
        let named = named(&text);
        assert!(!named.is_empty(), "{file}");
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{file} names what does not exist: {unknown:?}");
    }
    server.stop().await;
    Ok(())
}
