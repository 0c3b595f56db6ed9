# The one door. `make run` and `make test` need nothing but Rust, node and Python: they set up what is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
STAGE := scripts/stage.sh
SITE := target/site
LINTED := --config .cargo/lints.toml
# It would win over what that file says.
unexport RUSTC_WORKSPACE_WRAPPER
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help run demo watch setup setup-test site release check fmt clippy clippy-native clippy-wasm layers deny docs look-docs lint-hosting unit contract wasm s3 attack e2e controls test soak bench budget reproducible clean

help: ## What there is to make
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: ; @scripts/setup.sh run
setup-test: ; @scripts/setup.sh test

site: setup ## Build what browsers load into target/site
	@$(STAGE) "site (wasm, js, css)" scripts/build-site.sh

release: site ## Build target/release/sealdrop-server (site inside) and target/release/sealdrop
	@SEALDROP_EMBED_SITE=$(CURDIR)/$(SITE) $(STAGE) "release binaries" cargo build --release --locked -p sealdrop-server -p sealdrop-cli

run: ## Set up, build and serve on http://127.0.0.1:3000 with SQLite and the embedded bucket
	@$(STAGE) --start
	@$(STAGE) "set-up" scripts/setup.sh run
	@$(MAKE) --no-print-directory release
	@$(STAGE) --report
	@exec target/release/sealdrop-server serve

demo: setup ## Serve with plans on sale and a stand-in for the payment provider beside it: no money moves
	@[ -f $(SITE)/assets.json ] || $(MAKE) --no-print-directory site
	@$(STAGE) "server and stand-in" scripts/build-debug.sh
	@exec scripts/demo.sh

watch: setup ## For those who have cargo-leptos: build, serve, and build again what changes
	@scripts/watch.sh

fmt:
	@cargo fmt --check
clippy: clippy-native clippy-wasm
clippy-native:
	@cargo build --locked $(LINTED) --all-targets
	@cargo build --locked $(LINTED) --all-targets -p sealdrop-split-site
clippy-wasm:
	@cargo clippy --locked -p sealdrop-frontend -p sealdrop-browser -p sealdrop-app --features sealdrop-app/hydrate --target wasm32-unknown-unknown --profile wasm-release -- -D warnings
layers: ## Prove who imports whom: crates, and files of a crate
	@scripts/check-layers.sh
	@node scripts/module-loops.mjs
	@node scripts/named-files.mjs
	@node scripts/sizes.mjs
deny: ## Licences, sources and unwanted crates, where cargo-deny is installed
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --locked check --hide-inclusion-graph bans licenses sources; \
	else echo "deny: left out, cargo-deny is not here (cargo install --locked cargo-deny)"; echo "cargo-deny is not here" > "$${STAGE_LEFT_OUT:-/dev/null}"; fi
docs: ## The documentation site into target/docs, built strictly, with its links checked
	@scripts/docs.sh
look-docs: docs ## Every page of it in Chromium: both themes, two widths, axe, no request to elsewhere; by hand
	@node scripts/docs/look.mjs
lint-hosting: ## Lint the Dockerfile, compose.yaml, workflows and the unit of systemd
	@scripts/lint-hosting.sh
# Four at a time for each core: most of them wait. What does not is held back by .config/nextest.toml.
unit: ## Unit and integration tests, SQLite and Postgres
	@scripts/build-debug.sh
	@scripts/with-postgres.sh cargo nextest run --locked $(LINTED) --no-fail-fast --test-threads $$((4 * $$(nproc)))
	@PATH=$(CURDIR)/.venv/bin:$$PATH cargo nextest run --locked $(LINTED) --profile ignored --run-ignored only -E 'package(sealdrop-crypto) | package(sealdrop-mail) | package(sealdrop-payments)'
	@.venv/bin/python crates/crypto/tests/corpus/make_corpus.py --check
contract: ## Schemathesis: the server does what docs/reference/openapi.json says, and nothing else
	@.venv/bin/python end2end/contract/run.py
wasm: ## The browser crate's own tests in Chromium: vectors on WebCrypto and WASM
	@scripts/test-wasm.sh
s3: ## The S3 conformance suite: embedded bucket and SeaweedFS, aws-sdk-s3 and boto3
	@scripts/s3-conformance.sh
attack: ## What one stranger can do to a fresh server while honest people use it: table of latencies, memory, disk
	@scripts/build-debug.sh
	@target/debug/attack $(ATTACK)
reproducible: setup ## Build the site twice in different folders and compare every byte: long
	@scripts/reproducible.sh
budget:
	@node scripts/check-budget.mjs $(SITE)

check: setup-test ## Quick: format, layers, licences, clippy, unit tests
	@$(STAGE) "format" $(MAKE) --no-print-directory fmt
	@$(STAGE) "layers" $(MAKE) --no-print-directory layers
	@$(STAGE) "licences and sources" $(MAKE) --no-print-directory deny
	@$(STAGE) "documentation" $(MAKE) --no-print-directory docs
	@$(STAGE) "debug build and clippy" $(MAKE) --no-print-directory clippy
	@$(STAGE) "unit tests" $(MAKE) --no-print-directory unit

e2e: setup-test ## Browser, command line and server together
	@[ -f $(SITE)/assets.json ] || $(MAKE) --no-print-directory site
	@$(STAGE) "server and command line" scripts/build-debug.sh
	@$(STAGE) "browser tests" scripts/e2e.sh

controls: ## The table of controls: which test of the last run of the browser tests uses which
	@node scripts/control-table.mjs

test: ## Set up and run every test
	@$(STAGE) --start
	@$(STAGE) "set-up" scripts/setup.sh test
	@scripts/test-all.sh; code=$$?; $(STAGE) --report; node scripts/what-failed.mjs --names; exit $$code

soak: release ## What is too long for CI, by hand: memory and gigabytes
	@scripts/soak.sh

bench: release ## Speeds beside what they are measured against, by hand: about ten minutes; writes docs/benchmarks.md
	@scripts/bench.sh

clean:
	@cargo clean
