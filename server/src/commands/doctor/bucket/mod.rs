//! The bucket as server and browsers see it.

mod cors;
mod desk;
mod download;
mod exchange;
mod fix;
mod reach;
mod rights;
mod rules;
mod transfer;
mod xml;

use sealdrop_service::{BucketConfig, Clock as _, PublicEndpoint, SystemClock};
use time::OffsetDateTime;
use url::Url;

use super::finding::{Finding, Level};
use crate::config::Config;
use desk::Desk;
pub(super) use exchange::reasons;
pub(super) use fix::Change;

/// What to do where it cannot even be asked.
pub(super) const LOOK_AT_SETTINGS: &str =
    "S3_ENDPOINT, S3_REGION, S3_BUCKET and the key pair, as docs/guide/buckets has them";

/// A bucket to look at.
pub(super) struct Patient<'a> {
    pub(super) config: &'a BucketConfig,
    /// Below which address pages may talk to it (`connect-src`), where it is not their own origin.
    pub(super) policy: Option<String>,
    /// Where pages are.
    pub(super) page: Url,
    /// Where links are, if elsewhere.
    pub(super) links: Option<Url>,
    pub(super) now: OffsetDateTime,
}

impl<'a> Patient<'a> {
    /// The bucket of this configuration, reached as `bucket` says.
    pub(super) fn of(config: &Config, bucket: &'a BucketConfig) -> Self {
        let own = || Url::parse(&format!("http://{}", config.http.addr)).expect("an address is part of a URL");
        Self {
            config: bucket,
            policy: config.bucket.connect_src(),
            page: config.http.public_url.clone().unwrap_or_else(own),
            links: config.http.link_url.clone(),
            now: SystemClock.now(),
        }
    }
}

impl Patient<'_> {
    fn desk(&self) -> Result<Desk, String> {
        let is_elsewhere = matches!(self.config.public, PublicEndpoint::Absolute(_));
        let origin = |url: &Url| url.origin().ascii_serialization();
        let page = is_elsewhere.then(|| origin(&self.page));
        let links = self.links.as_ref().filter(|_| is_elsewhere).map(origin);
        Desk::new(self.config, page, links)
    }

    /// Looks at everything, and leaves nothing behind. `stop` ends it before.
    pub(super) async fn examine(&self, stop: impl Future<Output = ()>) -> Vec<Finding> {
        let desk = match self.desk() {
            Ok(desk) => desk,
            Err(why) => return vec![Finding::failed("bucket", "bucket-client", why).mend(LOOK_AT_SETTINGS)],
        };
        let mut found = tokio::select! {
            found = self.look(&desk) => found,
            () = stop => vec![Finding::failed("bucket", "interrupted", "not looked at to the end").mend("run it again")],
        };
        let left = desk.clear().await;
        if !left.is_empty() {
            let keys = left.join(", ");
            found.push(
                Finding::warning(
                    "bucket",
                    "left-behind",
                    format!("the check could not remove what it put: {keys}"),
                )
                .mend("delete it with another key: nothing needs it"),
            );
        }
        found
    }

    async fn look(&self, desk: &Desk) -> Vec<Finding> {
        let (mut found, goes_on) = reach::reach(desk, self.now).await;
        if !goes_on {
            return found;
        }
        let small = rights::put_and_get(desk, &mut found).await;
        let never_put = desk.key("small");
        let key = small.as_deref().unwrap_or(&never_put);
        if small.is_some() {
            found.extend(reach::reach_as_browser(desk, key, self.policy.as_deref(), &self.page).await);
        }
        let public_fails = |found: &[Finding]| {
            found.iter().any(|finding| {
                finding.code.is_some_and(|code| {
                    matches!(
                        code,
                        "bucket-public-unreachable" | "bucket-public-signature" | "bucket-public-other"
                    )
                })
            })
        };
        if !public_fails(&found) {
            found.extend(transfer::transfer(desk).await);
            if let Some(page) = &desk.page {
                found.extend(cors::cors(desk, page, key).await);
                if let Some(links) = &desk.links {
                    found.extend(cors::cors(desk, links, key).await);
                }
                found.extend(rules::rules(desk, key).await);
            }
        }
        found.extend(rights::delete(desk, key).await);
        let has_rights = !found
            .iter()
            .any(|finding| finding.check == "rights" && finding.level == Level::Failed);
        if has_rights {
            found.push(Finding::ok(
                "rights",
                "the key may do what the server needs, and what is deleted is gone",
            ));
        }
        rights::summed_up(found)
    }

    /// What `--fix` would set for these findings.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub(super) async fn planned(&self, found: &[Finding]) -> Result<Vec<Change>, String> {
        let codes: Vec<&str> = found
            .iter()
            .filter(|finding| finding.fixable)
            .filter_map(|finding| finding.code)
            .collect();
        fix::planned(&self.desk()?, &codes).await
    }

    /// Sets it.
    ///
    /// # Errors
    /// What the bucket says.
    pub(super) async fn set(&self, change: &Change) -> Result<(), String> {
        fix::set(&self.desk()?, change).await
    }
}
