//! The double of Razorpay as a process of its own, for servers that run beside it and for tools that are not written in Rust:
//! `razorpay ADDRESS [WEBHOOK-URL]`. Says on standard output where it is and which keys it knows, and runs until it is killed or, as
//! `razorpay --piped …`, until its input ends. What to do is told by `/_ctl/…`. No money moves.

use std::io::{Read as _, Write as _};

use sealdrop_test_support::razorpay::{KEY_SECRET, LIVE_KEY, RazorpayDouble, TEST_KEY, WEBHOOK_SECRET};
use serde_json::json;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let is_piped = arguments.next_if_eq("--piped").is_some();
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:4010".to_owned());
    let double = RazorpayDouble::listen(&address).await?;
    if let Some(url) = arguments.next() {
        double.tell("webhook", json!({"url": url}));
    }
    let said = json!({
        "url": double.url, "test_key": TEST_KEY, "live_key": LIVE_KEY, "key_secret": KEY_SECRET,
        "webhook_secret": WEBHOOK_SECRET, "note": "No money moves.",
    });
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{said}")?;
        out.flush()?;
    }
    if !is_piped {
        return Ok(tokio::signal::ctrl_c().await?);
    }
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
