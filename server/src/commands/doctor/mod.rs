//! `doctor`: everything that a server stands on, what is wrong with it, and what to do. `--fix` sets the bucket's rules.

mod bucket;
mod finding;
mod fix;
mod outside;
mod report;
mod running;
#[cfg(test)]
mod tests;
mod way;

use std::{fs, io, net::SocketAddr, path::Path, process::ExitCode};

use super::{ask_running::ask_running, stop_signal::stop_signal};
use crate::{
    config::{Bucket, Config, ConfigProblems, SiteSource},
    running_address::running_address,
    site::Site,
    start::{Failure, bucket_of, is_open_to_others, loopback_of, prepare_data, start_behind_proxy},
};
use bucket::Patient;
use clap::Args;
use finding::{Finding, Level};
use sealdrop_service::{Clock as _, DatabaseConfig, Service, StartError, SystemClock};

/// How it is asked.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct DoctorArguments {
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Set the bucket's CORS and lifecycle rules that are missing, after showing what would change. Rules of others stay.
    #[arg(long)]
    fix: bool,
    /// Do not ask before it is set.
    #[arg(long, requires = "fix")]
    yes: bool,
}

pub(super) async fn doctor(config: &Config, arguments: DoctorArguments) -> ExitCode {
    let mut found = examine(config).await;
    if arguments.fix {
        match fix::fix(config, &found, arguments.yes).await {
            Ok(true) => found = examine(config).await,
            Ok(false) => {}
            Err(why) => found.push(Finding::failed("fix", "fix-failed", why).mend(
                "do what it says and run it again, or set the rules by hand (docs/guide/buckets: CORS, What the bucket may keep)",
            )),
        }
    }
    report::report(found, arguments.json)
}

/// Settings that cannot be read, where JSON is expected.
pub(super) fn unreadable(problems: &ConfigProblems) -> ExitCode {
    let found = Finding::failed("configuration", "configuration", problems.to_string());
    report::report(
        vec![found.mend("every setting, its default and its bounds: docs/reference/configuration")],
        true,
    )
}

/// Looks at everything.
async fn examine(config: &Config) -> Vec<Finding> {
    let mut found = vec![Finding::ok("configuration", "readable")];
    if let Some(wrong) = config.http.uncounted_proxy() {
        // What is slow and shared is not broken.
        found.push(Finding::warning("proxies", "proxy-uncounted", wrong).mend(running::COUNT_PROXIES));
    }
    found.push(plain(
        "data folder",
        "data-folder",
        data_folder(&config.data),
        "SEALDROP_DATA must be a folder of the user that runs the server, closed to others: chown, then chmod 700",
    ));
    found.push(plain(
        "web app",
        "web-app",
        web_app(&config.site),
        "take a released binary, which holds the pages, or build them (`make site`) and set SEALDROP_SITE=target/site",
    ));
    let now = SystemClock.now();
    let outside = async {
        let (mail, payments) = futures::join!(outside::mail(config), outside::payments(config, now));
        mail.into_iter().chain(payments)
    };
    let (server, outside) = futures::join!(server(config), outside);
    found.extend(outside);
    found.extend(server);
    found
}

fn plain(check: &'static str, code: &'static str, found: Result<String, String>, mend: &str) -> Finding {
    match found {
        Ok(seen) => Finding::ok(check, seen),
        Err(seen) => Finding::failed(check, code, seen).mend(mend),
    }
}

/// Why the server does not start.
fn start_failed(error: &Failure) -> Finding {
    match error {
        Failure::Service(StartError::ForeignBucket(_)) => Finding::failed(
            "bucket",
            "bucket-foreign",
            error.to_string(),
        )
        .because("two installations on one bucket give up each other's uploads")
        .mend(
            "S3_BUCKET: a bucket of its own. If the other installation is gone for good, `sealdrop-server take-bucket`",
        ),
        Failure::Service(StartError::Database(_)) => {
            Finding::failed("database", "database", error.to_string()).mend(running::LOOK_AT_DATABASE)
        }
        _ => Finding::failed("start", "start", error.to_string())
            .because("the server does not start")
            .mend("set right what it names; docs/reference/configuration has every setting"),
    }
}

/// The server, its database and its bucket.
async fn server(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let listens = running_address(config).port() != 0;
    let running = if listens {
        Some(ask_running(config, "/readyz").await)
    } else {
        None
    };
    if let Some(Ok((_, said))) = &running {
        found.extend(running::seen_while_running(said));
    }
    if matches!(config.bucket, Bucket::External(_)) {
        let looked = bucket(config, config.http.addr).await;
        let is_there = !looked
            .iter()
            .any(|finding| finding.check == "bucket" && finding.level == Level::Failed);
        found.extend(looked);
        if !is_there {
            found.push(database_alone(config).await);
            return found;
        }
    }
    match start_behind_proxy(config).await {
        Ok(started) => {
            let mut said = running::of_readiness(started.service.readiness().await, &config.bucket);
            if found
                .iter()
                .any(|finding| finding.code == Some(running::PAYMENTS_WEBHOOK))
            {
                // The running server said it already.
                said.retain(|finding| finding.code != Some(running::PAYMENTS_WEBHOOK));
            }
            let lacks_rights = running::lacks_rights(&found);
            if lacks_rights {
                // The same again, without its reason.
                said.retain(|finding| finding.code != Some("bucket-not-ready"));
            }
            found.extend(said);
            if matches!(config.bucket, Bucket::Embedded { .. }) {
                found.extend(bucket(config, started.addr).await);
            }
            if !lacks_rights {
                found.extend(way(config, started.addr).await);
            }
            started.stop().await;
        }
        // The folder belongs to a running server, which knows best how it is.
        Err(Failure::Bucket(sealdrop_local_s3::Error::Locked(_))) => {
            let asked = match running {
                Some(asked) => asked,
                None => ask_running(config, "/readyz").await,
            };
            let asked = asked.map_err(|error| format!("a process has {} open, but {error}", config.data.display()));
            let answers = asked.is_ok();
            found.push(running::of_running(asked));
            let listening = running_address(config);
            let own = SocketAddr::new(loopback_of(listening.ip()), listening.port());
            if answers {
                found.extend(bucket(config, own).await);
            }
            found.extend(way(config, own).await);
        }
        Err(error) => found.push(start_failed(&error)),
    }
    found
}

/// The bucket where it is; `own` is where the embedded one is served.
async fn bucket(config: &Config, own: SocketAddr) -> Vec<Finding> {
    let reached = match bucket_of(config, own) {
        Ok(reached) => reached,
        Err(error) => {
            return vec![Finding::failed("bucket", "bucket-client", error.to_string()).mend(bucket::LOOK_AT_SETTINGS)];
        }
    };
    Patient::of(config, &reached).examine(stop_signal()).await
}

/// The database where the bucket is in the way of all else.
async fn database_alone(config: &Config) -> Finding {
    if let Err(error) = prepare_data(config) {
        return Finding::failed("database", "database", error.to_string()).mend(running::LOOK_AT_DATABASE);
    }
    let database = DatabaseConfig::new(config.database.url.expose());
    match Service::migrate(&database).await {
        Ok(()) => Finding::ok("database", "answers, schema up to date"),
        Err(error) => Finding::failed("database", "database", error.to_string()).mend(running::LOOK_AT_DATABASE),
    }
}

async fn way(config: &Config, own: SocketAddr) -> Option<Finding> {
    let found = way::try_way(config, own).await?;
    Some(plain(
        "public URL",
        "public-url",
        found,
        "what stands in front must pass requests on as they come (docs/guide/self-hosting: Behind a reverse proxy)",
    ))
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
        (Site::Missing, None) => Err("not in this binary, and SEALDROP_SITE is not set".to_owned()),
        (_, None) => Err("the folder of SEALDROP_SITE holds no built web app".to_owned()),
    }
}
