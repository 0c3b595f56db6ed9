//! The proxy that spoils what passes, as a process of its own, for clients that are not written in Rust. It stands in front
//! of a server; what to do is asked on standard input, one line each, and each is answered by one:
//!
//! - `seed N SHARE`: spoils so many requests in a hundred, drawn from the seed.
//! - `rule METHOD CONTAINS NTH TOXIC`: spoils the nth request that fits (0: each), beside the earlier rules.
//! - `calm`: lets everything pass. Answers how many requests were spoiled since it was last calm.

use std::io::{BufRead as _, Write as _};

use sealdrop_test_support::chaos::{Chaos, Plan, Rule};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let upstream = std::env::args().nth(1).unwrap_or_default();
    let chaos = Chaos::in_front_of(&upstream).await?;
    say(&chaos.address)?;
    let mut rules: Vec<Rule> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["seed", seed, share] => {
                chaos.follow(Plan::seeded(seed.parse()?, share.parse()?));
                say("seeded")?;
            }
            ["rule", method, contains, nth, toxic] => {
                let toxic = toxic.parse().map_err(anyhow::Error::msg)?;
                rules.push(Rule::new(method, contains, nth.parse()?, toxic));
                chaos.follow(Plan::Told(rules.clone()));
                say("told")?;
            }
            ["calm"] => {
                rules.clear();
                chaos.follow(Plan::Calm);
                let spoiled = chaos.seen().iter().filter(|one| one.toxic.is_some()).count();
                say(&spoiled.to_string())?;
            }
            _ => anyhow::bail!("seed N SHARE, rule METHOD CONTAINS NTH TOXIC, calm; not {line:?}"),
        }
    }
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
