#!/usr/bin/env bash
# Speeds, by hand: the release binaries, about ten minutes and 6 GB of disk. Arguments go on to Playwright (bench.sh -g "command line").
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
say() { printf 'bench: %s\n' "$*"; }
profile=${SEALDROP_PROFILE:-release}
for file in "${SEALDROP_SITE:-target/site}/assets.json" "${SEALDROP_SERVER_BINARY:-target/$profile/sealdrop-server}" "${SEALDROP_CLI_BINARY:-target/$profile/sealdrop}"; do
  [ -e "$file" ] || { say "$file is missing: run \`make release\`"; exit 1; }
done

# What it is measured against, and what shapes the line.
need=()
for pair in rclone:rclone age:age tc:iproute2 time:time; do
  PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null 2>&1 || [ -x "/usr/bin/${pair%%:*}" ] || need+=("${pair##*:}")
done
if [ "${#need[@]}" -gt 0 ]; then
  [ "$(id -u)" = 0 ] || { say "please install: ${need[*]}   (on Debian: sudo apt-get install ${need[*]})"; exit 1; }
  say "installing Debian packages: ${need[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

# The ciphers alone: natively, and the product's own path through both of the browser's.
cargo build -q --release --locked -p sealdrop-crypto --example measure
cargo build -q --locked -p sealdrop-browser --example measure --target wasm32-unknown-unknown --profile wasm-release
rm -rf target/bench
mkdir -p target/bench/measure
wasm-bindgen --target web --no-typescript --split-linked-modules --out-dir target/bench/measure --out-name measure \
  target/wasm32-unknown-unknown/wasm-release/examples/measure.wasm
cp end2end/bench/measure-worker.js target/bench/measure/worker.js

# A network namespace of its own: its loopback can be slowed without slowing anybody else's, and nothing leaves the machine.
export PATH=$PATH:/usr/sbin:/sbin SEALDROP_PROFILE=$profile
run=(node_modules/.bin/playwright test -c end2end/bench.config.ts "$@")
for flags in "--net" "--net --map-root-user"; do
  # shellcheck disable=SC2086
  if unshare $flags ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2086,SC2016
    exec unshare $flags env SEALDROP_BENCH_NETNS=1 bash -c 'ip link set lo up && exec "$@"' bench "${run[@]}"
  fi
done
say "no network namespace can be made here: only the bare loopback is measured"
exec "${run[@]}"
