//! The program `sealdrop`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sealdrop_cli::run()
}
