#!/usr/bin/env bash
# Runs the tests of crates/browser in headless Chromium: both ciphers, the workers. Needs chromium, chromedriver and
# wasm-bindgen-test-runner of the same version as the crate wasm-bindgen.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
export CHROMEDRIVER=${CHROMEDRIVER:-/usr/bin/chromedriver}
export WASM_BINDGEN_SPLIT_LINKED_MODULES=1
export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-300}
mkdir -p target/fault-results
log=target/fault-results/wasm.log
status=0
cargo test -p sealdrop-browser --target wasm32-unknown-unknown --profile "${SEALDROP_WASM_PROFILE:-wasm-release}" "$@" -- --nocapture 2>&1 | tee "$log" || status=$?
# What the table of faults reads (scripts/fault-table.mjs): `D09 passed NAME`.
sed -nE 's/^test ([a-z0-9_:]*::)?(([uds][0-9]{2})_[a-z0-9_]+) \.\.\. (ok|FAIL.*)$/\3 \4 \2/p' "$log" \
  | awk '{ print toupper($1), ($2 == "ok" ? "passed" : "failed"), $NF }' > target/fault-results/wasm.txt
exit "$status"
