#!/usr/bin/env bash
# What tests start: server, command line, test helpers and gallery, unoptimised. Always this one selection, the one of the unit tests:
# a smaller one has other features, and everything it stands on would be compiled a second time.
set -euo pipefail
cd "$(dirname "$0")/.."
unset RUSTC_WORKSPACE_WRAPPER # it would win over lints.toml
exec cargo build --locked --config .cargo/lints.toml --bins --examples "$@"
