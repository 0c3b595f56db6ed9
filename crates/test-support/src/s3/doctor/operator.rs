//! Who runs `doctor`, and sets up buckets.

use std::{net::TcpListener, path::PathBuf, process::Stdio};

use anyhow::{Context as _, ensure};
use aws_sdk_s3::{
    Client,
    types::{
        AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, CorsConfiguration, CorsRule, ExpirationStatus,
        LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    },
};
use serde_json::Value;
use tokio::process::Command;

use crate::s3::{Endpoint, SERVER_KEY};

/// What every run finds here and is not about the bucket.
const NOT_ASKED: [&str; 1] = ["web-app"];

/// An operator with one store.
pub(super) struct Operator {
    pub(super) endpoint: Endpoint,
    pub(super) client: Client,
    server: PathBuf,
    folder: tempfile::TempDir,
    /// Where the server would listen, and pages are.
    listens: String,
}

/// What a run of `doctor` came to.
pub(super) struct Said {
    /// The codes of what is not as it should be, sorted.
    pub(super) codes: Vec<String>,
    /// What `--fix` told.
    pub(super) told: String,
}

impl Operator {
    pub(super) fn new(endpoint: &Endpoint, server: &std::path::Path) -> anyhow::Result<Self> {
        // Released before the server takes it: doctor listens there only to try the public URL.
        let listens = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        Ok(Self {
            endpoint: endpoint.clone(),
            client: endpoint.client(),
            server: std::path::absolute(server)?,
            folder: tempfile::tempdir()?,
            listens,
        })
    }

    /// The origin of pages.
    pub(super) fn page(&self) -> String {
        format!("http://{}", self.listens)
    }

    /// Makes a bucket with this CORS rule and these lifecycle rules.
    pub(super) async fn bucket(
        &self,
        name: &str,
        cors: Option<CorsRule>,
        rules: Vec<LifecycleRule>,
    ) -> anyhow::Result<()> {
        self.client.create_bucket().bucket(name).send().await?;
        if let Some(cors) = cors {
            let cors = CorsConfiguration::builder().cors_rules(cors).build()?;
            let put = self.client.put_bucket_cors().bucket(name).cors_configuration(cors);
            put.send().await?;
        }
        if !rules.is_empty() {
            let rules = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build()?;
            let put = self.client.put_bucket_lifecycle_configuration().bucket(name);
            put.lifecycle_configuration(rules).send().await?;
        }
        Ok(())
    }

    /// Asks `doctor` about a bucket, with the server's key; `settings` go over the usual ones.
    pub(super) async fn ask(
        &self,
        bucket: &str,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Said> {
        let data = self.folder.path().join(bucket);
        let mut command = Command::new(&self.server);
        command.env_clear().arg("doctor").arg("--json").args(arguments);
        command
            .env("SEALDROP_DATA", &data)
            .env("SEALDROP_ADDR", &self.listens)
            .env("SEALDROP_PUBLIC_URL", self.page())
            .env("S3_ENDPOINT", &self.endpoint.url)
            .env("S3_REGION", &self.endpoint.region)
            .env("S3_BUCKET", bucket)
            .env("S3_ACCESS_KEY_ID", SERVER_KEY)
            .env("S3_SECRET_ACCESS_KEY", &self.endpoint.secret_key)
            .envs(settings.iter().copied());
        let output = command.stdin(Stdio::null()).output().await?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let said: Value = serde_json::from_slice(&output.stdout).with_context(|| told.clone())?;
        let text = said.to_string() + &told;
        ensure!(
            !text.contains(&self.endpoint.secret_key) && !text.contains("X-Amz-"),
            "a secret or a signed address is shown: {text}"
        );
        let findings = said["findings"].as_array().context("no findings")?;
        let wrong = findings.iter().filter(|finding| finding["level"] != "ok");
        let mut codes = Vec::new();
        for finding in wrong {
            ensure!(finding["mend"].is_string(), "without what to do: {finding}");
            codes.push(finding["code"].as_str().context("without a code")?.to_owned());
        }
        let has_failed = findings.iter().any(|finding| finding["level"] == "failed");
        ensure!(output.status.success() != has_failed, "{}", output.status);
        codes.retain(|code| !NOT_ASKED.contains(&code.as_str()));
        codes.sort();
        Ok(Said { codes, told })
    }

    /// The same, where these codes are expected.
    pub(super) async fn expect(
        &self,
        bucket: &str,
        arguments: &[&str],
        settings: &[(&str, &str)],
        codes: &[&str],
    ) -> anyhow::Result<Said> {
        let said = self.ask(bucket, arguments, settings).await?;
        ensure!(
            said.codes == codes,
            "{bucket} {arguments:?} {settings:?}: {:?} in place of {codes:?}; {}",
            said.codes,
            said.told
        );
        Ok(said)
    }

    /// The CORS and lifecycle rules of a bucket, as text to compare; nothing where there are none.
    pub(super) async fn rules(&self, bucket: &str) -> String {
        let cors = self.client.get_bucket_cors().bucket(bucket).send().await;
        let lifecycle = self
            .client
            .get_bucket_lifecycle_configuration()
            .bucket(bucket)
            .send()
            .await;
        let cors = cors.map(|cors| format!("{:?}", cors.cors_rules())).unwrap_or_default();
        let lifecycle = lifecycle
            .map(|rules| format!("{:?}", rules.rules()))
            .unwrap_or_default();
        cors + &lifecycle
    }
}

/// A whole CORS rule, with what is named here left out.
pub(super) fn cors_without(page: &str, left_out: &str) -> anyhow::Result<CorsRule> {
    let kept = |all: &[&str]| -> Option<Vec<String>> {
        Some(
            all.iter()
                .filter(|one| **one != left_out)
                .map(|one| (*one).to_owned())
                .collect(),
        )
    };
    Ok(CorsRule::builder()
        .allowed_origins(page)
        .set_allowed_methods(kept(&["PUT", "GET", "HEAD"]))
        .set_allowed_headers(kept(&["content-type", "range", "if-match"]))
        .set_expose_headers(kept(&["ETag", "Content-Length", "Content-Range", "Accept-Ranges"]))
        .build()?)
}

/// A rule that gives up uploads.
pub(super) fn gives_up() -> anyhow::Result<LifecycleRule> {
    let after = AbortIncompleteMultipartUpload::builder()
        .days_after_initiation(7)
        .build();
    Ok(rule("gives-up", "").abort_incomplete_multipart_upload(after).build()?)
}

/// A rule that deletes what begins with this.
pub(super) fn deletes(prefix: &str) -> anyhow::Result<LifecycleRule> {
    let after = LifecycleExpiration::builder().days(30).build();
    Ok(rule("deletes", prefix).expiration(after).build()?)
}

fn rule(id: &str, prefix: &str) -> aws_sdk_s3::types::builders::LifecycleRuleBuilder {
    let filter = LifecycleRuleFilter::builder().prefix(prefix).build();
    LifecycleRule::builder()
        .id(id)
        .status(ExpirationStatus::Enabled)
        .filter(filter)
}
