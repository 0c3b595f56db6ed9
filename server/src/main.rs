//! `sealdrop-server`: see the library.

use std::process::ExitCode;

use clap::Parser as _;
use sealdrop_server::commands::{Arguments, run};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Fails only where one is installed already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    run(arguments).await
}
