//! `verify-storage`: whether the bucket has every object that the database promises. Beside a running server, or without one.

use std::process::ExitCode;

use clap::Args;
use sealdrop_service::{StorageReport, VerifyDepth};
use serde_json::json;

use super::output::{fail, say};
use crate::{
    config::{Bucket, Config},
    start::{Failure, connect_beside_server, start_without_serving},
};

/// How it is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Format {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn verify_storage(config: &Config, output: Format) -> ExitCode {
    let depth = match config.bucket {
        Bucket::Embedded { .. } => VerifyDepth::Parts,
        Bucket::External(_) => VerifyDepth::Lengths,
    };
    let verified = match start_without_serving(config).await {
        Ok(running) => {
            let verified = running.service.verify_storage(depth).await;
            running.stop().await;
            verified
        }
        // A server has the embedded bucket, and is asked for it.
        Err(Failure::Bucket(sealdrop_local_s3::Error::Locked(_))) => match connect_beside_server(config).await {
            Ok(service) => service.verify_storage(depth).await,
            Err(error) => return fail(&error),
        },
        Err(error) => return fail(&error),
    };
    match verified {
        Ok(report) => tell(&report, output),
        Err(error) => fail(&error),
    }
}

fn tell(report: &StorageReport, output: Format) -> ExitCode {
    let StorageReport {
        whole,
        missing,
        damaged,
        named,
    } = report;
    if output.json {
        say(json!({ "whole": whole, "missing": missing, "damaged": damaged, "named": named }));
    } else {
        say(format_args!("{whole} whole, {missing} missing, {damaged} damaged"));
        for name in named {
            say(format_args!("  {name}"));
        }
        if named.len() as u64 != missing + damaged {
            say("  and more");
        }
    }
    if report.is_whole() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
