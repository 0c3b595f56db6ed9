#!/usr/bin/env bash
# Builds the site twice, in two folders of different names with target folders of their own, and compares every byte. Long: two whole
# builds. What is built is what is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in one another/folder; do
  tree=$work/$name
  mkdir -p "$(dirname "$tree")"
  git clone --quiet --local --no-hardlinks "$root" "$tree"
  ln -s "$root/node_modules" "$tree/node_modules"
  (cd "$tree" && CARGO_TARGET_DIR="$tree/target" scripts/build-site.sh)
done
if ! diff -r "$work/one/target/site" "$work/another/folder/target/site"; then
  echo "reproducible: the two builds differ" >&2
  exit 1
fi
echo "reproducible: two builds, the same bytes; manifest $(sha256sum < "$work/one/target/site/manifest-sha256.json" | cut -d' ' -f1)"
