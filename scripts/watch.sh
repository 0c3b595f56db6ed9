#!/usr/bin/env bash
# For people who have cargo-leptos: builds, serves and builds again what changes. No test runs this. Arguments go on to it (watch.sh build, watch.sh watch --release).
# It has no word for two things that the site needs, so they are said here: where the server finds what it builds, and the flag
# of wasm-bindgen without which the worker's script would become a data: URL (watch/wasm-bindgen).
set -euo pipefail
cd "$(dirname "$0")/.."
if ! cargo leptos --version >/dev/null 2>&1; then
  echo "watch: cargo-leptos is missing: cargo install --locked cargo-leptos@0.3.10 --features no_downloads   (a quarter of an hour)"
  exit 1
fi
export PATH="$PWD/scripts/watch:$PWD/node_modules/.bin:$PATH"
export SEALDROP_SITE=${SEALDROP_SITE:-target/leptos-site}
# The server asks for the folder before the first build has filled it.
mkdir -p "$SEALDROP_SITE"
# The program is cut into parts (ADR 16): without its second half none of them would be there.
[ $# -gt 0 ] || set -- watch --split
exec cargo leptos "$@"
