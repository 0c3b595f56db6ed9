#!/usr/bin/env bash
# The browser tests: real server, real command line, real Chromium. Needs target/site and the two binaries in target/debug;
# arguments go on to Playwright (e2e.sh specs/claims.spec.ts, e2e.sh -g "races").
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${SEALDROP_PROFILE:-debug}
for file in "${SEALDROP_SITE:-target/site}/assets.json" "target/$profile/sealdrop-server" "target/$profile/sealdrop"; do
  [ -e "$file" ] || { echo "e2e: $file is missing: run \`make e2e\`"; exit 1; }
done

# Every state of every screen as plain HTML, so that axe also sees what no test can bring about.
cargo run -q --locked -p sealdrop-app --example gallery --features ssr -- target/gallery

status=0
node_modules/.bin/playwright test -c end2end/playwright.config.ts "$@" || status=$?

# Nothing that a test started may outlive it.
left=$(pgrep -fl 'sealdrop-(server|browser|postgres|seaweedfs|e2e)-[A-Za-z0-9]{6}' | grep -v pgrep || true)
if [ -n "$left" ]; then
  echo "e2e: still running:"
  echo "$left"
  exit 1
fi
exit "$status"
