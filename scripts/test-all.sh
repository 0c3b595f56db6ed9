#!/usr/bin/env bash
# Every test, stage by stage, on one native profile. A stage that fails does not hide the ones after it,
# but for what does not compile (a lint counts as that).
set -u
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
# The table of faults is of this run.
rm -rf target/fault-results target/nextest target/contract-junit.xml target/e2e-results.json target/long-results.json
failed=0
stage() { scripts/stage.sh "$@" || failed=1; }

# What browsers load, and the tests of crates/browser. To compile and link that is work for one core and a half; most of the unit tests
# wait. So it goes beside them, behind them wherever both want a core.
what_browsers_load() {
  failed=0
  scripts/stage.sh "site (wasm, js, css), with lints" nice scripts/build-site.sh --lints || return 2
  stage "budget" make --no-print-directory budget
  stage "crates/browser in Chromium" nice make --no-print-directory wasm
  return "$failed"
}

stage "format" make --no-print-directory fmt
stage "layers" make --no-print-directory layers
stage "licences and sources" make --no-print-directory deny
stage "documentation" make --no-print-directory docs
stage "debug build and clippy" make --no-print-directory clippy-native

beside=target/beside-unit-tests.log
set -m # a group of its own, which can be ended as one
what_browsers_load > "$beside" 2>&1 &
loaded=$!
set +m
trap 'kill -- -"$loaded" 2>/dev/null || true' EXIT

stage "unit tests" make --no-print-directory unit
stage "contract of the API" make --no-print-directory contract
# That honest work is done is the test; how long it takes is for `make attack` on a quiet machine.
stage "attacks beside honest work" make --no-print-directory attack ATTACK='--within 30'

wait "$loaded"; code=$?
trap - EXIT
printf '\n=== beside these, since the unit tests began\n'
cat "$beside"
[ "$code" -eq 0 ] || failed=1
[ "$code" -ne 2 ] || exit 1

# Not beside a build: clients here wait a second for an answer to Expect: 100-continue, and then go on as if none came.
stage "S3 conformance" make --no-print-directory s3

stage "browser tests" env E2E_NO_TABLE=1 scripts/e2e.sh
stage "table of controls" node scripts/control-table.mjs
stage "table of ASVS" node scripts/asvs-table.mjs
stage "table of faults" node scripts/fault-table.mjs
[ "$failed" -eq 0 ] || node scripts/what-failed.mjs
exit "$failed"
