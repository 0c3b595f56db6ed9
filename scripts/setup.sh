#!/usr/bin/env bash
# Installs what is missing, says what it does, and does nothing on a machine that has it all.
#   setup.sh run    what building and running needs: wasm target, wasm-bindgen, the site's tools
#   setup.sh test   that, and what the tests need: Node.js from 20 on, Chromium, Firefox ESR, WebKitGTK, Postgres, faketime, unzip, 7-Zip, Python packages
set -euo pipefail
cd "$(dirname "$0")/.."
want=${1:-run}
export PATH="$PWD/node_modules/.bin:$PATH"
say() { printf 'setup: %s\n' "$*"; }

need_apt=()
has() { command -v "$1" >/dev/null 2>&1; }
has cc || need_apt+=(build-essential)
has python3 || need_apt+=(python3)
has node && has npm || need_apt+=(nodejs npm)
if [ "$want" = test ]; then
  [ -x /usr/bin/chromium ] || need_apt+=(chromium)
  [ -x /usr/bin/chromium-headless-shell ] || need_apt+=(chromium-headless-shell)
  [ -x /usr/bin/chromedriver ] || need_apt+=(chromium-driver)
  [ -x /usr/bin/firefox-esr ] || need_apt+=(firefox-esr)
  [ -x /usr/bin/WebKitWebDriver ] || need_apt+=(webkit2gtk-driver)
  [ -x /usr/bin/Xvfb ] || need_apt+=(xvfb)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need_apt+=(postgresql)
  [ -x /usr/bin/redis-server ] || need_apt+=(redis-server)
  has faketime || need_apt+=(faketime)
  has unzip || need_apt+=(unzip)
  has 7z || need_apt+=(p7zip-full)
  [ -d /usr/share/fonts/truetype/liberation ] || [ -d /usr/share/fonts/truetype/liberation2 ] || need_apt+=(fonts-liberation)
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_apt+=(python3-venv)
fi
if [ "${#need_apt[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && has apt-get; then
    say "installing Debian packages: ${need_apt[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need_apt[@]}" >/dev/null
  else
    say "please install: ${need_apt[*]}   (on Debian: sudo apt-get install ${need_apt[*]})"
    exit 1
  fi
fi

has cargo || { say "Rust is missing: install it with rustup, then run this again"; exit 1; }
if ! rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null | xargs -I{} test -d {}; then
  say "adding the Rust target wasm32-unknown-unknown"
  rustup target add wasm32-unknown-unknown
fi

# wasm-bindgen's command line must be of exactly the version that the crates were built with.
version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
if [ "$(wasm-bindgen --version 2>/dev/null || true)" != "wasm-bindgen $version" ]; then
  say "installing wasm-bindgen-cli $version (about four minutes on two cores)"
  # --force: cargo believes its own list of what is installed, also where the program is gone.
  cargo install -q --force "wasm-bindgen-cli@$version"
fi

# A stamp of the lock file tells whether node_modules is what the lock says.
stamp=node_modules/.lock-stamp
if ! cmp -s package-lock.json "$stamp"; then
  say "installing the npm packages of package-lock.json"
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi

if [ "$want" = test ]; then
  # rustup's minimal profile comes without them.
  if ! clippy-driver --version >/dev/null 2>&1 || ! rustfmt --version >/dev/null 2>&1; then
    say "adding the Rust components clippy and rustfmt"
    rustup component add clippy rustfmt
  fi
  # Debian 12 has Node.js 18: enough to build the site, too old for the browser tests. Theirs is a package of its own lock file.
  if [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
    say "Node.js is $(node --version) here, the browser tests need 20: installing a current one beside them"
    npm ci --prefix scripts/node --no-audit --no-fund --loglevel=error
    # By hand: Debian's npm links no program of an optional package.
    ln -sf "$PWD"/scripts/node/node_modules/node-linux-*/bin/node node_modules/.bin/node
  fi
  if ! cargo nextest --version >/dev/null 2>&1; then
    say "installing cargo-nextest"
    # It starts tests and waits: not worth the minutes that optimising it takes.
    cargo install -q --locked --debug cargo-nextest
  fi
  # Several scripts may want the Python packages at once: one makes them, the others wait.
  exec 9> .venv.lock
  flock 9
  if ! cmp -s end2end/requirements.txt .venv/.stamp; then
    say "installing the Python packages of end2end/requirements.txt into .venv"
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/pip install -q --disable-pip-version-check -r end2end/requirements.txt
    cp end2end/requirements.txt .venv/.stamp
  fi
fi
say "ready"
