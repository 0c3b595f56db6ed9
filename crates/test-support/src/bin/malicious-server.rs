//! A server that lies, as a process of its own, for clients that are not written in Rust. It stands in front of a real one;
//! what to tell is asked on standard input, one line each:
//!
//! - `keep older`, `keep other`: what was received since is the same content sealed another time, or another link; the lies
//!   that are listed later take records and values from it. Answers how many objects that are.
//! - `count SEED`: the lies about what was received since the start, listed once something was; answers how many.
//! - `tell N`: tells lie N from now on; answers it in words. `tell -` is honest.
//! - `told`: answers how often it was told since.

use std::io::{BufRead as _, Write as _};

use sealdrop_test_support::malicious_server::{
    MaliciousServer, Mutation, Recording, mutations_of_answers, mutations_of_objects,
};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let upstream = std::env::args().nth(1).unwrap_or_default();
    let server = MaliciousServer::in_front_of(upstream.trim_end_matches('/')).await?;
    say(&server.address)?;
    let mut lies: Vec<Mutation> = Vec::new();
    let (mut older, mut other) = (Recording::default(), Recording::default());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["keep", whose @ ("older" | "other")] => {
                let recording = server.take_recording();
                say(&recording.objects().len().to_string())?;
                *(if whose == "older" { &mut older } else { &mut other }) = recording;
            }
            ["count", seed] => {
                let recording = server.recording();
                lies = mutations_of_objects(&recording, &other, &older, 20, seed.parse()?);
                lies.extend(mutations_of_answers(&recording, &other));
                say(&lies.len().to_string())?;
            }
            ["tell", "-"] => {
                server.tell(None);
                say("the truth")?;
            }
            ["tell", number] => {
                let lie = lies.get(number.parse::<usize>()?).cloned();
                let words = lie.as_ref().map(|lie| format!("{:?}: {}", lie.site, lie.what));
                server.tell(lie);
                say(&words.unwrap_or_default().replace(char::is_control, " "))?;
            }
            ["told"] => say(&server.told().to_string())?,
            _ => anyhow::bail!("keep older, keep other, count SEED, tell N, tell -, told; not {line:?}"),
        }
    }
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
