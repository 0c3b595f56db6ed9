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
    site::Site,
    start::{Failure, bucket_of, is_open_to_others, loopback_of, prepare_data, start_behind_proxy},
};
use bucket::Patient;
use clap::Args;
use finding::{Finding, Level};
use sealdrop_service::{Clock as _, DatabaseConfig, Service, SystemClock};

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
            Err(why) => found.push(Finding::failed("fix", "fix-failed", why)),
        }
    }
    report::report(found, arguments.json)
}

/// Settings that cannot be read, where JSON is expected.
pub(super) fn unreadable(problems: &ConfigProblems) -> ExitCode {
    report::report(
        vec![Finding::failed("configuration", "configuration", problems.to_string())],
        true,
    )
}

/// Looks at everything.
async fn examine(config: &Config) -> Vec<Finding> {
    let mut found = vec![Finding::ok("configuration", "readable")];
    if let Some(wrong) = config.http.uncounted_proxy() {
        // What is slow and shared is not broken.
        found.push(Finding::warning("proxies", "proxy-uncounted", wrong));
    }
    found.push(plain("data folder", "data-folder", data_folder(&config.data)));
    found.push(plain("web app", "web-app", web_app(&config.site)));
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

fn plain(check: &'static str, code: &'static str, found: Result<String, String>) -> Finding {
    match found {
        Ok(seen) => Finding::ok(check, seen),
        Err(seen) => Finding::failed(check, code, seen),
    }
}

/// The server, its database and its bucket.
async fn server(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let listens = config.http.addr.port() != 0;
    let running = if listens {
        Some(ask_running(config.http.addr, "/readyz").await)
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
            found.extend(running::of_readiness(started.service.readiness().await, &config.bucket));
            if matches!(config.bucket, Bucket::Embedded { .. }) {
                found.extend(bucket(config, started.addr).await);
            }
            found.extend(way(config, started.addr).await);
            started.stop().await;
        }
        // The folder belongs to a running server, which knows best how it is.
        Err(Failure::Bucket(sealdrop_local_s3::Error::Locked(_))) => {
            let asked = match running {
                Some(asked) => asked,
                None => ask_running(config.http.addr, "/readyz").await,
            };
            let asked = asked.map_err(|error| format!("a process has {} open, but {error}", config.data.display()));
            let answers = asked.is_ok();
            found.push(running::of_running(asked));
            let own = SocketAddr::new(loopback_of(config.http.addr.ip()), config.http.addr.port());
            if answers {
                found.extend(bucket(config, own).await);
            }
            found.extend(way(config, own).await);
        }
        Err(error) => found.push(Finding::failed("start", "start", error.to_string())),
    }
    found
}

/// The bucket where it is; `own` is where the embedded one is served.
async fn bucket(config: &Config, own: SocketAddr) -> Vec<Finding> {
    let reached = match bucket_of(config, own) {
        Ok(reached) => reached,
        Err(error) => return vec![Finding::failed("bucket", "bucket-client", error.to_string())],
    };
    Patient::of(config, &reached).examine(stop_signal()).await
}

/// The database where the bucket is in the way of all else.
async fn database_alone(config: &Config) -> Finding {
    if let Err(error) = prepare_data(config) {
        return Finding::failed("database", "database", error.to_string());
    }
    let database = DatabaseConfig::new(config.database.url.expose());
    match Service::migrate(&database).await {
        Ok(()) => Finding::ok("database", "answers, schema up to date"),
        Err(error) => Finding::failed("database", "database", error.to_string()),
    }
}

async fn way(config: &Config, own: SocketAddr) -> Option<Finding> {
    let found = way::try_way(config, own).await?;
    Some(plain("public URL", "public-url", found))
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
