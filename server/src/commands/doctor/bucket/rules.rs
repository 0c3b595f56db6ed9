//! What the bucket does by itself: rules that delete or keep, and what strangers may see.

use http::Method;

use super::{
    desk::Desk,
    exchange::{Answer, Ask, Way},
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

/// Whether the store does not know what it was asked, by what it said.
fn is_unknown(said: &str) -> bool {
    said.starts_with("501 ")
}

/// Everything of this file.
pub(super) async fn rules(desk: &Desk, key: &str) -> Vec<Finding> {
    let mut found = lifecycle(desk).await;
    found.extend(versioning(desk).await);
    found.extend(strangers(desk, key).await);
    found
}

async fn lifecycle(desk: &Desk) -> Vec<Finding> {
    let console = console(&desk.config.endpoint);
    let rules = match read(desk, "lifecycle=").await {
        Ok(rules) => rules,
        Err(said) if is_unknown(&said) => {
            return vec![Finding::ok("lifecycle", "this store has no rules that delete objects")];
        }
        Err(said) => {
            let seen = format!("the bucket does not show its rules ({said})");
            let mend = format!(
                "allow s3:GetLifecycleConfiguration on arn:aws:s3:::{}, or look there with {console}",
                desk.config.bucket
            );
            return vec![
                Finding::skipped("lifecycle", "lifecycle-unreadable", seen)
                    .because("a rule that deletes objects would take files away before their links end")
                    .mend(mend),
            ];
        }
    };
    let rules: Vec<&str> = xml::elements(&rules, "Rule")
        .into_iter()
        .filter(|rule| xml::text(rule, "Status").as_deref() == Some("Enabled") && is_ours(rule))
        .collect();
    let mut found: Vec<Finding> = rules.iter().flat_map(|rule| of_rule(rule, console)).collect();
    let days = rules
        .iter()
        .filter_map(|rule| xml::text(rule, "DaysAfterInitiation")?.parse().ok());
    found.extend(gives_up(days.min(), console));
    if found.is_empty() {
        let seen = "uploads that were left are given up by a rule; nothing else is deleted";
        found.push(Finding::ok("lifecycle", seen));
    }
    found
}

/// What a rule does to objects.
fn of_rule(rule: &str, console: &str) -> Vec<Finding> {
    let id = xml::text(rule, "ID").filter(|id| !id.is_empty());
    let id = id.unwrap_or_else(|| "without an ID".to_owned());
    let id: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
    let mut found = Vec::new();
    if let Some(expiration) = xml::elements(rule, "Expiration").first()
        && (expiration.contains("<Days>") || expiration.contains("<Date>"))
    {
        let days = xml::text(expiration, "Days");
        let after = days.map_or_else(|| "at a date".to_owned(), |days| format!("after {days} days"));
        found.push(
            Finding::failed(
                "lifecycle",
                "lifecycle-deletes",
                format!("the rule {id} deletes objects {after}"),
            )
            .because("files go away while their links still live, without a word to sender or server")
            .mend(format!(
                "remove the rule, or limit it to a prefix that is not {OBJECTS}, with {console}"
            )),
        );
    }
    if rule.contains("<Transition>") {
        let seen = format!("the rule {id} moves objects to another class of storage");
        found.push(
            Finding::warning("lifecycle", "lifecycle-moves", seen)
                .because("from an archive they cannot be read at once, so downloads fail")
                .mend(format!(
                    "remove the rule with {console}, or move to no class that must be restored first"
                )),
        );
    }
    found
}

/// What is wrong with when unfinished uploads are given up, in days.
fn gives_up(days: Option<u32>, console: &str) -> Option<Finding> {
    match days {
        None => Some(
            Finding::warning("lifecycle", "lifecycle-abort-missing", "no rule gives up uploads that were left")
                .because("the server does after 72 hours; what it does not know of, as after a restored backup, stays and is billed")
                .mend("sealdrop-server doctor --fix, with a key that may set lifecycle rules (docs/guide/buckets: What the bucket may keep)")
                .fixable(),
        ),
        Some(days) if days < ABORT_DAYS => Some(
            Finding::warning("lifecycle", "lifecycle-abort-early", format!("uploads are given up {days} days after they began"))
                .because("it counts from the start, so an upload that is slow or was paused ends in the middle")
                .mend(format!("set that rule's DaysAfterInitiation to {ABORT_DAYS}, with {console}")),
        ),
        Some(_) => None,
    }
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
        Err(said) if is_unknown(&said) => return vec![Finding::ok("versioning", "this store keeps no versions")],
        Err(said) => {
            let seen = format!("the bucket does not show whether it keeps versions ({said})");
            return vec![
                Finding::skipped("versioning", "versioning-unreadable", seen).mend(format!(
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
    let stranger = desk.key("stranger");
    let mut write = Ask::new(desk.browser_way(), Method::PUT, &stranger, "");
    write.body = "probe".into();
    write.is_anonymous = true;
    if desk.ask(write).await.is_ok_and(|answer| answer.is_good()) {
        found.push(
            Finding::failed(
                "public access",
                "bucket-public-write",
                "the whole internet can put objects into the bucket",
            )
            .because("strangers store what they like at your expense, and overwrite what is there")
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
