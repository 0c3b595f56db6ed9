//! What a server says of itself: one that is started for the look, and the one that runs on this machine.

use sealdrop_service::{ClockState, Readiness};
use serde_json::Value;

use super::finding::{Finding, Level};
use crate::config::Bucket;

/// What a running server's answer leaves to the log.
const NOT_READY: &str = "its log says why. A clock that failed, or expiry that is held: set this machine's date, or, if it is right, stop the \
    server and run `sealdrop-server reap --trust-clock`. Jobs that failed: `sealdrop-server jobs list` says why. Jobs that are overdue: \
    no worker runs; start `sealdrop-server work`, or serve without --no-worker";

/// The code of a webhook of payments that does not do what it is for.
pub(super) const PAYMENTS_WEBHOOK: &str = "payments-webhook";
const TRUST_CLOCK: &str =
    "set this machine's date; if it is right, stop the server and run `sealdrop-server reap --trust-clock`";
/// What to do about a database.
pub(super) const LOOK_AT_DATABASE: &str =
    "look at DATABASE_URL and at the database's log: is it there, may its user write, is its disk full?";
/// What to do about a proxy.
pub(super) const COUNT_PROXIES: &str =
    "SEALDROP_TRUSTED_PROXY_HOPS=1 behind one proxy that appends to X-Forwarded-For, 2 behind two";

/// What a server finds that was started for this.
pub(super) fn of_readiness(readiness: Readiness, bucket: &Bucket) -> Vec<Finding> {
    let mut found = vec![match readiness.database {
        Ok(()) => Finding::ok("database", "answers and takes writes, schema up to date"),
        Err(why) => Finding::failed("database", "database", why).mend(LOOK_AT_DATABASE),
    }];
    match (readiness.bucket, bucket) {
        (Err(why), _) => found
            .push(Finding::failed("bucket", "bucket-not-ready", why).mend("what is found about the bucket says why")),
        (Ok(()), Bucket::Embedded { folder, .. }) => {
            found.push(Finding::ok("bucket", format!("embedded, {}", folder.display())));
        }
        (Ok(()), Bucket::External(_)) => {}
    }
    found.push(match readiness.clock {
        ClockState::Trusted => Finding::ok("clock", "moved on as it should since the last look"),
        ClockState::Doubted(text) => Finding::ok("clock", text),
        ClockState::Wrong(text) => Finding::failed("clock", "clock", text).mend(TRUST_CLOCK),
    });
    found.push(match readiness.expiry {
        Ok(()) => Finding::ok("expiry", "everything ends in its time"),
        Err(why) => Finding::failed("expiry", "expiry-held", why).mend(TRUST_CLOCK),
    });
    found.push(match &readiness.storage {
        Ok(()) => Finding::ok(
            "storage",
            "bucket and database have the same objects, as far as they were compared",
        ),
        Err(why) => storage(why),
    });
    found.push(jobs(&readiness.failed_jobs));
    if let Err(why) = readiness.auth_secret {
        found.push(
            Finding::failed("sign-in", "auth-secret", why)
                .mend("SEALDROP_AUTH_SECRET must be the same on all servers of one database"),
        );
    }
    if let Err(why) = &readiness.webhook {
        found.push(webhook(why));
    }
    if !readiness.overdue_jobs.is_empty() {
        // As it should be where no server runs.
        let kinds = readiness.overdue_jobs.join(", ");
        found.push(
            Finding::warning(
                "workers",
                "workers-absent",
                format!("no worker has run {kinds} for ten minutes"),
            )
            .mend("start the server, or `sealdrop-server work`"),
        );
    }
    found
}

fn jobs(failed: &[String]) -> Finding {
    if failed.is_empty() {
        return Finding::ok("jobs", "none failed ten times");
    }
    let failed = failed.join(", ");
    Finding::failed("jobs", "jobs-failed", format!("failed ten times: {failed}"))
        .mend("`sealdrop-server jobs list` says why")
}

/// What the running server says as a whole, where only it has the embedded bucket.
pub(super) fn of_running(asked: Result<(bool, String), String>) -> Finding {
    match asked {
        Ok((true, said)) if !is_held(&said) && !has(&said, "failed_jobs") && !has(&said, "overdue_jobs") => {
            Finding::ok("running server", said)
        }
        Ok((_, said)) => Finding::failed("running server", "running-server", said).mend(NOT_READY),
        Err(why) => Finding::failed("running server", "running-server", why).mend(NOT_READY),
    }
}

/// What only a server knows that has run for a while.
pub(super) fn seen_while_running(said: &str) -> Vec<Finding> {
    let said: Value = serde_json::from_str(said).unwrap_or_default();
    let mut found = Vec::new();
    if let Some(why) = said["payments"].as_str() {
        found.push(webhook(why));
    }
    if let Some(why) = said["storage"].as_str() {
        found.push(storage(why));
    }
    if let Some(why) = said["mail"].as_str()
        && !why.contains("MAIL_URL")
    {
        found.push(
            Finding::warning(
                "mail",
                "mail-closed",
                format!("the running server sends no mail: {why}"),
            )
            .mend("`sealdrop-server mail --check ADDRESS` once it is mended"),
        );
    }
    if let Some(why) = said["proxy"].as_str() {
        found.push(Finding::warning("proxies", "proxy-uncounted", why).mend(COUNT_PROXIES));
    }
    found
}

/// Objects that only one of both has.
fn storage(why: &str) -> Finding {
    Finding::failed("storage", "storage-differs", why)
        .because("the bucket or the database is of another time than the other, or objects were deleted by hand")
        .mend("restore the one that is older (docs/guide/backup), then `sealdrop-server verify-storage`")
}

/// A webhook that is refused here, or that says nothing.
fn webhook(why: &str) -> Finding {
    Finding::failed("payments", PAYMENTS_WEBHOOK, why)
        .because("payments are granted late, by asking, and after a day of refusals Razorpay switches the webhook off")
        .mend(
            "RAZORPAY_WEBHOOK_SECRET must be the secret of the webhook in Razorpay's dashboard, where it must be switched on; after a \
             change, keep the old one in RAZORPAY_WEBHOOK_SECRET_PREVIOUS for a day",
        )
}

/// Whether the key was refused something, so that all else is refused for that.
pub(super) fn lacks_rights(found: &[Finding]) -> bool {
    found
        .iter()
        .any(|finding| finding.check == "rights" && finding.level == Level::Failed)
}

fn is_held(said: &str) -> bool {
    serde_json::from_str(said).is_ok_and(|said: Value| said["expiry"] == "held")
}

fn has(said: &str, which: &str) -> bool {
    serde_json::from_str(said).is_ok_and(|said: Value| !said[which].is_null())
}
