#!/usr/bin/env bash
# Builds the documentation site into target/docs, strictly, and checks its links: docs.sh
#   docs.sh --serve   builds it again at each change, on http://127.0.0.1:8000
# Python packages are in a venv of their own (.venv-docs); Mermaid is one file of its npm package, checked against a hash.
set -euo pipefail
cd "$(dirname "$0")/.."
MERMAID=12.3.0
MERMAID_SHA256=336df803d87a38b70a01e736e666c8f7601d2ce42f5e47c8fafe5d721074b9a3

if ! cmp -s scripts/docs/requirements.txt .venv-docs/.stamp; then
  echo "docs: installing the Python packages of scripts/docs/requirements.txt into .venv-docs"
  [ -x .venv-docs/bin/python ] || python3 -m venv .venv-docs
  .venv-docs/bin/pip install -q --disable-pip-version-check -r scripts/docs/requirements.txt
  cp scripts/docs/requirements.txt .venv-docs/.stamp
fi

is_mermaid() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$MERMAID_SHA256" ]; }
mermaid=docs/js/mermaid.min.js
if ! is_mermaid "$mermaid"; then
  echo "docs: fetching mermaid $MERMAID from npm"
  # One file of it is needed: installing would bring 200 MB of its dependencies, which that file has inside.
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  npm pack --silent --pack-destination "$folder" "mermaid@$MERMAID" >/dev/null
  tar -xzf "$folder/mermaid-$MERMAID.tgz" -C "$folder" package/dist/mermaid.min.js package/LICENSE
  is_mermaid "$folder/package/dist/mermaid.min.js" || { echo "docs: mermaid $MERMAID is not what it was"; exit 1; }
  cp "$folder/package/dist/mermaid.min.js" "$mermaid"
  cp "$folder/package/LICENSE" docs/js/mermaid.LICENSE.txt
fi

mkdir -p docs/img
cp public/favicon.svg docs/img/favicon.svg
.venv-docs/bin/python scripts/docs/api_page.py docs/reference/openapi.json > docs/reference/api.md

# Material reminds of zensical at each build; which of the two is used is decided in mkdocs.yml.
export NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true
if [ "${1:-}" = --serve ]; then
  exec .venv-docs/bin/mkdocs serve --no-strict
fi
# Not --quiet: what it does not print it does not count either.
said=$(.venv-docs/bin/mkdocs build --strict 2>&1) || { printf '%s\n' "$said"; exit 1; }
.venv-docs/bin/python scripts/docs/check_links.py target/docs README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md
