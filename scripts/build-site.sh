#!/usr/bin/env bash
# Builds what browsers load into target/site: cargo (wasm), split-site, wasm-bindgen, wasm-opt, lightningcss, then hashed names and
# compressed twins (finish-site.mjs). Never with --workspace: a native build of everything would unify app's features.
# --lints: what is compiled is looked at by Clippy in the same pass, and a warning is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
profile=${SEALDROP_WASM_PROFILE:-wasm-release}
linted=()
[ "${1:-}" != --lints ] || linted=(--locked --config .cargo/lints.toml)
work=target/site-work
# Two builds at once would take each other's folder.
mkdir -p target
exec 8> target/site.lock
flock 8
rm -rf "$work"
mkdir -p "$work/pkg"

# The splitter follows the relocations, which only the last crate keeps.
cargo rustc "${linted[@]}" -p sealdrop-frontend --lib --crate-type cdylib --target wasm32-unknown-unknown --profile "$profile" -- -C link-args=--emit-relocs
cargo run "${linted[@]}" --quiet -p sealdrop-split-site -- "target/wasm32-unknown-unknown/$profile/sealdrop_frontend.wasm" "$work/pkg"
# Without --split-linked-modules the worker's script would become a data: URL, which the page's policy refuses.
# The parts call what the linker exported, by its mangled names.
wasm-bindgen --target web --no-typescript --split-linked-modules --keep-lld-exports --no-demangle --out-dir "$work/pkg" --out-name app \
  "$work/pkg/main.wasm"
rm "$work/pkg/main.wasm"
node scripts/optimise-wasm.mjs "$work"/pkg/*.wasm
lightningcss --bundle --minify --targets '>= 0.5%' style/main.css -o "$work/pkg/app.css"
[ -d public ] && cp -r public/. "$work/"

node scripts/finish-site.mjs "$work"
node scripts/keep-old-parts.mjs target/site "$work"
rm -rf target/site
mv "$work" target/site
