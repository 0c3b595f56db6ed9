//! Each attack against a fresh server with the defaults, beside honest work. Prints a table; ends with 1 if honest work failed
//! or took too long.

use std::{io::Write as _, path::PathBuf, time::Duration};

use clap::Parser;
use sealdrop_test_support::attack::{Outcome, attacks, run};

#[derive(Debug, Parser)]
struct Arguments {
    /// Another server than the one that was built beside this program, such as that of an older version.
    #[arg(long)]
    server: Option<PathBuf>,
    /// Seconds that one piece of honest work may take beside an attack.
    #[arg(long, default_value_t = 3)]
    within: u64,
    /// Only attacks whose row or name contains one of these.
    only: Vec<String>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let mut failed = Vec::new();
    say(&Outcome::head())?;
    for attack in attacks() {
        let called = format!("{} {}", attack.row, attack.name);
        if !arguments.only.is_empty() && !arguments.only.iter().any(|word| called.contains(word.as_str())) {
            continue;
        }
        let outcome = run(attack, arguments.server.clone(), Duration::from_secs(arguments.within)).await?;
        say(&outcome.line)?;
        failed.extend(outcome.failed.map(|why| format!("{called}: {why}")));
    }
    for why in &failed {
        say(&format!("attack: {why}"))?;
    }
    std::process::exit(i32::from(!failed.is_empty()));
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
