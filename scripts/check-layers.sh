#!/usr/bin/env bash
# Proves the import rules of docs/design/architecture.md from cargo's own graph. "Zero knowledge" is the first of them:
# the server must not link the crypto crate. The positive control shows that the question can be answered with yes.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0

depends() { # package, dependency: prints the path if there is one
  cargo tree --locked -e normal --target all -p "$1" -i "$2" "${@:3}" 2>/dev/null || true
}
never() { # package, dependency
  if [ -n "$(depends "$1" "$2" "${@:3}")" ]; then
    echo "layers: $1 must not see $2, but:"; depends "$1" "$2" "${@:3}"; failed=1
  else
    echo "layers: $1 does not see $2"
  fi
}
always() {
  if [ -n "$(depends "$1" "$2" "${@:3}")" ]; then
    echo "layers: $1 sees $2 (control)"
  else
    echo "layers: $1 should see $2, but the graph says no: the check itself is broken"; failed=1
  fi
}
direct() { # package, dependency: a direct one, which a crate may be denied although it reaches it through another
  if cargo tree --locked -e normal --target all --depth 1 --prefix none -p "$1" "${@:3}" | tail -n +2 | grep -q "^$2 v"; then
    echo "layers: $1 must not name $2 itself"; failed=1
  else
    echo "layers: $1 does not name $2"
  fi
}

never sealdrop-server sealdrop-crypto
always sealdrop-cli sealdrop-crypto
never sealdrop-server sealdrop-transfer
never sealdrop-server sealdrop-browser
direct sealdrop-server sea-orm
direct sealdrop-server aws-sdk-s3
for one in tokio web-sys serde_json sealdrop-api sealdrop-transfer; do never sealdrop-crypto "$one"; done
for one in sealdrop-crypto axum gloo-net sea-orm; do never sealdrop-api "$one"; done
for one in sealdrop-crypto sealdrop-transfer sealdrop-service web-sys tokio leptos; do never sealdrop-model "$one"; done
for one in web-sys reqwest tokio leptos; do never sealdrop-transfer "$one"; done
for one in leptos axum; do never sealdrop-browser "$one"; done
for one in sealdrop-crypto sealdrop-transfer leptos; do never sealdrop-service "$one"; done
direct sealdrop-service axum
for one in sealdrop-api sealdrop-crypto sealdrop-service sealdrop-transfer axum sea-orm leptos; do never sealdrop-mail "$one"; done
for one in sealdrop-mail sealdrop-api sealdrop-crypto sealdrop-service sealdrop-transfer axum sea-orm leptos; do never sealdrop-payments "$one"; done
for one in sealdrop-api sealdrop-crypto sealdrop-service sealdrop-transfer sealdrop-server; do never sealdrop-local-s3 "$one"; done
for one in sea-orm aws-sdk-s3 sealdrop-crypto; do direct sealdrop-app "$one" --features ssr; done
direct sealdrop-app sealdrop-crypto --features hydrate
for one in sealdrop-service sealdrop-server; do never sealdrop-frontend "$one"; done
for one in sealdrop-app sealdrop-service; do never sealdrop-cli "$one"; done
always sealdrop-service aws-sdk-s3
always sealdrop-frontend sealdrop-crypto
# The splitter is a tool of the build.
for one in sealdrop-server sealdrop-cli sealdrop-frontend; do never "$one" sealdrop-split-site; done
# Nobody but a test may depend on the test support.
for one in sealdrop-server sealdrop-cli sealdrop-service sealdrop-mail sealdrop-payments sealdrop-frontend; do never "$one" sealdrop-test-support; done
exit "$failed"
