#!/usr/bin/env bash
# Memory and gigabytes, by hand: the release binaries (`make soak` builds them first), an hour and up to 45 GB of disk. Sizes in end2end/soak.config.ts.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
for file in target/site/assets.json target/release/sealdrop-server target/release/sealdrop; do
  [ -e "$file" ] || { echo "soak: $file is missing: run \`make release\`"; exit 1; }
done
# A04: whether the time of an answer tells who is a user. Compares times, so it is worth something on a quiet machine only.
cargo nextest run --locked --config .cargo/lints.toml --run-ignored only --no-capture -E 'test(a04_known_and_unknown_addresses_take_the_same_time)'
# Three servers under load while processes are killed: ten minutes on SeaweedFS, and two of three workers.
scripts/build-debug.sh
scripts/with-postgres.sh cargo nextest run --locked --config .cargo/lints.toml --run-ignored only --no-capture -E 'binary(fleet)'
SEALDROP_PROFILE=release exec node_modules/.bin/playwright test -c end2end/soak.config.ts "$@"
