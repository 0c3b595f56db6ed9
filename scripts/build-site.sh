#!/usr/bin/env bash
# Builds what browsers load into target/site: cargo (wasm), wasm-bindgen, wasm-opt, lightningcss, then hashed names and
# compressed twins (finish-site.mjs). Never with --workspace: a native build of everything would unify app's features.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
profile=${SEALDROP_WASM_PROFILE:-wasm-release}
work=target/site-work
# Two builds at once would take each other's folder.
mkdir -p target
exec 8> target/site.lock
flock 8
rm -rf "$work"
mkdir -p "$work/pkg"

cargo build -p sealdrop-frontend --target wasm32-unknown-unknown --profile "$profile"
# Without --split-linked-modules the worker's script would become a data: URL, which the page's policy refuses.
wasm-bindgen --target web --no-typescript --split-linked-modules --out-dir "$work/pkg" --out-name app \
  "target/wasm32-unknown-unknown/$profile/sealdrop_frontend.wasm"
node scripts/drop-lazy-hydration.mjs "$work/pkg/app_bg.wasm" "$work/pkg/app_bg.wasm"
# -O1 and no more: what the compiler wrote for size compresses worse the more it is rewritten (figures in ADR 4).
wasm-opt -O1 --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
  --enable-reference-types --enable-multivalue "$work/pkg/app_bg.wasm" -o "$work/pkg/app_bg.wasm"
lightningcss --bundle --minify --targets '>= 0.5%' style/main.css -o "$work/pkg/app.css"
[ -d public ] && cp -r public/. "$work/"

node scripts/finish-site.mjs "$work"
rm -rf target/site
mv "$work" target/site
