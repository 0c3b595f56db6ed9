//! `doctor`: one line for everything that a server stands on, and an exit code for scripts.

mod way;

use std::{fs, io, net::SocketAddr, path::Path, process::ExitCode};

use sealdrop_service::ClockState;

use super::{ask_running::ask_running, output::say};
use crate::{
    config::{Bucket, Config, MailTransport, SiteSource},
    mail::describe,
    site::Site,
    start::{Failure, is_open_to_others, loopback_of, start_behind_proxy},
};

/// What its answer leaves to the log.
const NOT_READY: &str = "; its log says why. A clock that failed, or expiry that is held: set this machine's date, or, if it is right, stop the \
    server and run `sealdrop-server reap --trust-clock`. Jobs that failed: `sealdrop-server jobs list` says why. Jobs that are overdue: \
    no worker runs; start `sealdrop-server work`, or serve without --no-worker";

pub(super) async fn doctor(config: &Config) -> ExitCode {
    let mut healthy = true;
    let mut report = |what: &str, found: Result<String, String>| {
        let (word, text) = match found {
            Ok(text) => ("ok", text),
            Err(text) => {
                healthy = false;
                ("FAILED", text)
            }
        };
        say(format_args!("{what:<14} {word:<7} {text}"));
    };
    report("configuration", Ok("readable".to_owned()));
    if let Some(wrong) = config.http.uncounted_proxy() {
        // What is slow and shared is not broken.
        say(format_args!("{:<14} {:<7} {wrong}", "proxies", "warning"));
    }
    match mail(config) {
        Ok(text) => report("mail", Ok(text)),
        Err(wrong) => say(format_args!("{:<14} {:<7} {wrong}", "mail", "warning")),
    }
    report("data folder", data_folder(&config.data));
    report("web app", web_app(&config.site));
    match start_behind_proxy(config).await {
        Ok(running) => {
            let readiness = running.service.readiness().await;
            report(
                "database",
                readiness
                    .database
                    .map(|()| "answers and takes writes, schema up to date".to_owned()),
            );
            report("bucket", readiness.bucket.map(|()| bucket(&config.bucket)));
            report("clock", clock(readiness.clock));
            report(
                "expiry",
                readiness.expiry.map(|()| "everything ends in its time".to_owned()),
            );
            report("jobs", jobs(&readiness.failed_jobs));
            if let Err(why) = readiness.auth_secret {
                report("sign-in", Err(why));
            }
            if !readiness.overdue_jobs.is_empty() {
                // As it should be where no server runs.
                let kinds = readiness.overdue_jobs.join(", ");
                say(format_args!(
                    "{:<14} {:<7} no worker has run {kinds} for ten minutes",
                    "workers", "warning"
                ));
            }
            if let Some(found) = way::try_way(config, running.addr).await {
                report("public URL", found);
            }
            running.stop().await;
        }
        // The folder belongs to a running server, which knows best how it is.
        Err(Failure::Bucket(sealdrop_local_s3::Error::Locked(_))) => {
            let asked = ask_running(config.http.addr, "/readyz")
                .await
                .map_err(|error| format!("a process has {} open, but {error}", config.data.display()));
            report(
                "running server",
                asked.and_then(|(ready, said)| {
                    if ready && !is_held(&said) && !has_jobs(&said, "failed_jobs") && !has_jobs(&said, "overdue_jobs") {
                        Ok(said)
                    } else {
                        Err(said + NOT_READY)
                    }
                }),
            );
            let own = SocketAddr::new(loopback_of(config.http.addr.ip()), config.http.addr.port());
            if let Some(found) = way::try_way(config, own).await {
                report("public URL", found);
            }
        }
        Err(error) => report("start", Err(error.to_string())),
    }
    if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How mail leaves, or that it reaches nobody: not broken, but few want it.
fn mail(config: &Config) -> Result<String, String> {
    let transport = describe(config);
    if matches!(config.mail.transport, MailTransport::Memory) && config.http.is_https() {
        return Err(format!("{transport}; nobody else can sign in: set MAIL_URL"));
    }
    Ok(transport)
}

fn data_folder(path: &Path) -> Result<String, String> {
    let wrong = |error: io::Error| format!("{}: {error}", path.display());
    if !path.exists() {
        return Ok(format!("{} is made at the first start", path.display()));
    }
    let probe = path.join(".doctor");
    fs::write(&probe, b"probe")
        .and_then(|()| fs::remove_file(&probe))
        .map_err(wrong)?;
    if let Some(open) = is_open_to_others(path) {
        return Err(open);
    }
    Ok(format!("{} can be written", path.display()))
}

fn web_app(source: &SiteSource) -> Result<String, String> {
    let site = Site::open(source);
    match (&site, site.assets()) {
        (_, Some(assets)) => Ok(format!("build {}", assets.build)),
        (Site::Missing, None) => {
            Err("not in this binary, and SEALDROP_SITE is not set; build it with `make site`".to_owned())
        }
        (_, None) => Err("the folder holds no built web app; build it with `make site`".to_owned()),
    }
}

/// Whether a running server says that expiry is held.
fn is_held(said: &str) -> bool {
    serde_json::from_str(said).is_ok_and(|said: serde_json::Value| said["expiry"] == "held")
}

/// Whether a running server names jobs that failed for good, or that no worker runs.
fn has_jobs(said: &str, which: &str) -> bool {
    serde_json::from_str(said).is_ok_and(|said: serde_json::Value| !said[which].is_null())
}

fn jobs(failed: &[String]) -> Result<String, String> {
    if failed.is_empty() {
        return Ok("none failed ten times".to_owned());
    }
    let failed = failed.join(", ");
    Err(format!(
        "failed ten times: {failed}. `sealdrop-server jobs list` says why"
    ))
}

fn clock(state: ClockState) -> Result<String, String> {
    match state {
        ClockState::Trusted => Ok("moved on as it should since the last look".to_owned()),
        ClockState::Doubted(text) => Ok(text),
        ClockState::Wrong(text) => Err(text),
    }
}

fn bucket(bucket: &Bucket) -> String {
    match bucket {
        Bucket::Embedded { folder, .. } => format!("embedded, {}", folder.display()),
        Bucket::External(external) => format!("{} at {}", external.bucket, external.endpoint),
    }
}
