#!/usr/bin/env bash
# The browser tests: real server, real command line, real Chromium and Firefox. Needs target/site and the two binaries in target/debug;
# arguments go on to Playwright (e2e.sh specs/claims.spec.ts, e2e.sh -g "race for").
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
profile=${SEALDROP_PROFILE:-debug}
for file in "${SEALDROP_SITE:-target/site}/assets.json" "target/$profile/sealdrop-server" "target/$profile/sealdrop"; do
  [ -e "$file" ] || { echo "e2e: $file is missing: run \`make e2e\`"; exit 1; }
done

# The gallery; the server that lies and the proxy that spoils, for hostile.spec.ts and chaos.spec.ts.
scripts/build-debug.sh -q

# Every state of every screen as plain HTML, so that axe also sees what no test can bring about.
css=$(node -p "JSON.parse(require('node:fs').readFileSync('${SEALDROP_SITE:-target/site}/assets.json')).css.path")
rm -rf target/gallery
target/debug/examples/gallery target/gallery "$css"

# Every process that a test starts inherits this name, so that what outlives the run is found.
export E2E_RUN=$$
status=0

# What takes minutes of waiting and hardly any work (end2end/long) runs beside all the others: started first, heard last.
# In such a whole run a test that failed is tried once more: browsers on a busy machine lose a press now and then. `make test` names at its
# end what needed that, with why (scripts/what-failed.mjs).
long=
if [ "$#" -eq 0 ]; then
  rm -f target/long-results.json
  rm -rf target/controls
  set -- --retries=1
  node_modules/.bin/playwright test -c end2end/long.config.ts "$@" > target/long.log 2>&1 &
  long=$!
  trap 'kill "$long" 2>/dev/null || true' EXIT
fi

node_modules/.bin/playwright test -c end2end/playwright.config.ts "$@" || status=$?

if [ -n "$long" ]; then
  waited=$SECONDS
  wait "$long" || status=$?
  trap - EXIT
  echo "e2e: beside them, waited for $((SECONDS - waited)) s at the end:"
  cat target/long.log
fi

# The table of controls is of whole runs; `make test` prints it by itself.
[ -z "$long" ] || [ -n "${E2E_NO_TABLE:-}" ] || node scripts/control-table.mjs || status=1

for environ in $(grep -lsa "E2E_RUN=$E2E_RUN" /proc/[0-9]*/environ || true); do
  pid=${environ//[!0-9]/}
  [ -e "/proc/$pid" ] || continue # it ended by itself since
  [ "$pid" = "$$" ] || [ "$(ps -o ppid= -p "$pid" | tr -d ' ')" = "$$" ] || { echo "e2e: still running: $(ps -o pid=,args= -p "$pid")"; status=1; }
done
exit "$status"
