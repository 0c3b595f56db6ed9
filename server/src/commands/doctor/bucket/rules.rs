//! What the bucket does by itself: rules that delete or keep, and what strangers may see.

use http::Method;

use super::{
    desk::{Answer, Ask, Desk, Way},
    reach::console,
    xml,
};
use crate::commands::doctor::finding::Finding;

/// Days after which an upload that was left is given up by the bucket itself; see docs/guide/buckets.
pub(super) const ABORT_DAYS: u32 = 7;
/// What objects' keys begin with.
const OBJECTS: &str = "o/";

/// A configuration of the bucket as it stands; nothing where there is none.
///
/// # Errors
/// What the bucket says, if it does not show it.
pub(super) async fn read(desk: &Desk, query: &str) -> Result<String, String> {
    let answer = desk.ask(Ask::new(Way::Server, Method::GET, "", query)).await?;
    if answer.is_good() {
        return Ok(answer.text());
    }
    let none = ["NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration"];
    match answer.code() {
        Some(code) if none.contains(&code.as_str()) => Ok(String::new()),
        _ => Err(answer.said()),
    }
}

/// Everything of this file.
pub(super) async fn rules(desk: &Desk, key: &str) -> Vec<Finding> {
    let mut found = lifecycle(desk).await;
    found.extend(versioning(desk).await);
    found.extend(strangers(desk, key).await);
    found
}

async fn lifecycle(desk: &Desk) -> Vec<Finding> {
    let rules = match read(desk, "lifecycle=").await {
        Ok(rules) => rules,
        Err(said) => {
            return vec![
                Finding::skipped(
                    "lifecycle",
                    "lifecycle-unreadable",
                    format!("the bucket does not show its rules ({said})"),
                )
                .because("a rule that deletes objects would take files away before their links end")
                .mend(format!(
                    "allow s3:GetLifecycleConfiguration on arn:aws:s3:::{}, or look there with {}",
                    desk.config.bucket,
                    console(&desk.config.endpoint)
                )),
            ];
        }
    };
    let mut found = Vec::new();
    let mut aborts = None;
    for rule in xml::elements(&rules, "Rule") {
        if xml::text(rule, "Status").as_deref() != Some("Enabled") || !is_ours(rule) {
            continue;
        }
        let id = xml::text(rule, "ID")
            .filter(|id| !id.is_empty())
            .unwrap_or_else(|| "without an ID".to_owned());
        let id: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
        if let Some(expiration) = xml::elements(rule, "Expiration").first()
            && (expiration.contains("<Days>") || expiration.contains("<Date>"))
        {
            let after = xml::text(expiration, "Days")
                .map_or_else(|| "at a date".to_owned(), |days| format!("after {days} days"));
            found.push(
                Finding::failed(
                    "lifecycle",
                    "lifecycle-deletes",
                    format!("the rule {id} deletes objects {after}"),
                )
                .because("files go away while their links still live, without a word to sender or server")
                .mend(format!(
                    "remove the rule, or limit it to a prefix that is not {OBJECTS}, with {}",
                    console(&desk.config.endpoint)
                )),
            );
        }
        if rule.contains("<Transition>") {
            found.push(
                Finding::warning(
                    "lifecycle",
                    "lifecycle-moves",
                    format!("the rule {id} moves objects to another class of storage"),
                )
                .because("from an archive they cannot be read at once, so downloads fail")
                .mend("remove the rule, or move to no class that must be restored first"),
            );
        }
        let abort = xml::text(rule, "DaysAfterInitiation").and_then(|days| days.parse::<u32>().ok());
        aborts = match (aborts, abort) {
            (Some(one), Some(other)) => Some(u32::min(one, other)),
            (one, other) => one.or(other),
        };
    }
    match aborts {
        None => found.push(
            Finding::warning("lifecycle", "lifecycle-abort-missing", "no rule gives up uploads that were left")
                .because("the server does after 72 hours; what it does not know of, as after a restored backup, stays and is billed")
                .mend("sealdrop-server doctor --fix, with a key that may set lifecycle rules (docs/guide/buckets: What the bucket may keep)")
                .fixable(),
        ),
        Some(days) if days < ABORT_DAYS => found.push(
            Finding::warning("lifecycle", "lifecycle-abort-early", format!("uploads are given up {days} days after they began"))
                .because("it counts from the start, so an upload that is slow or was paused ends in the middle")
                .mend(format!("set that rule's DaysAfterInitiation to {ABORT_DAYS}, with {}", console(&desk.config.endpoint))),
        ),
        Some(days) if found.is_empty() => {
            found.push(Finding::ok("lifecycle", format!("uploads that were left are given up after {days} days; nothing else is deleted")));
        }
        Some(_) => {}
    }
    found
}

/// Whether a rule is about objects of ours: by its prefix.
fn is_ours(rule: &str) -> bool {
    let prefix = xml::text(rule, "Prefix").unwrap_or_default();
    // One that is narrowed by tags or sizes may still hold.
    OBJECTS.starts_with(&prefix) || prefix.starts_with(OBJECTS)
}

async fn versioning(desk: &Desk) -> Vec<Finding> {
    let said = match read(desk, "versioning=").await {
        Ok(said) => said,
        Err(said) => {
            return vec![
                Finding::skipped(
                    "versioning",
                    "versioning-unreadable",
                    format!("the bucket does not show whether it keeps versions ({said})"),
                )
                .mend(format!(
                    "allow s3:GetBucketVersioning on arn:aws:s3:::{}, or look there with {}",
                    desk.config.bucket,
                    console(&desk.config.endpoint)
                )),
            ];
        }
    };
    if xml::text(&said, "Status").as_deref() == Some("Enabled") {
        return vec![
            Finding::warning("versioning", "bucket-versioned", "the bucket keeps every version of what is deleted")
                .because("what users deleted stays, and is billed, until a rule removes old versions")
                .mend(format!(
                    "aws s3api put-bucket-versioning --endpoint-url {} --bucket {} --versioning-configuration Status=Suspended, and a rule NoncurrentVersionExpiration for what is there",
                    desk.config.endpoint, desk.config.bucket
                )),
        ];
    }
    vec![Finding::ok("versioning", "off: what is deleted is gone")]
}

/// What is shown without a signature.
async fn strangers(desk: &Desk, key: &str) -> Vec<Finding> {
    let ask = async |method: Method, key: &str, query: &str| -> Option<Answer> {
        let mut ask = Ask::new(desk.browser_way(), method, key, query);
        ask.is_anonymous = true;
        desk.ask(ask).await.ok()
    };
    let mut found = Vec::new();
    let lists = ask(Method::GET, "", "list-type=2&max-keys=1").await;
    if lists.is_some_and(|answer| answer.is_good() && answer.text().contains("<ListBucketResult")) {
        found.push(
            Finding::failed(
                "public access",
                "bucket-public-list",
                "the whole internet can list the bucket",
            )
            .because("names, sizes and times of all objects are public; what is in them stays sealed")
            .mend(format!(
                "take the public rights away, with {}; signed addresses need none",
                console(&desk.config.endpoint)
            )),
        );
    }
    let reads = ask(Method::GET, key, "").await;
    if reads.is_some_and(|answer| answer.status.is_success()) {
        found.push(
            Finding::failed(
                "public access",
                "bucket-public-read",
                "objects can be read without a signature by name alone",
            )
            .because(
                "limits on downloads and the end of links do not hold: an address that was seen once works for ever",
            )
            .mend(format!(
                "take the public rights away, with {}; signed addresses need none",
                console(&desk.config.endpoint)
            )),
        );
    }
    if found.is_empty() {
        found.push(Finding::ok("public access", "refused without a signature"));
    }
    found
}
