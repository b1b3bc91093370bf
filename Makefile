# Everything from a fresh clone with Python >= 3.11 and make: `make run`, `make test`; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
VENDOR := bot/web/static/vendor
STAMPS := .make

.DEFAULT_GOAL := help

help: ## list what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

run: install ## start everything on the embedded defaults, with sample data, and print the addresses; ZALO=fake: with an OA to try
	@$(if $(filter fake,$(ZALO)),$(BIN)/python -m tests.fakes.zalo_demo,$(BIN)/binhan serve --demo)

install: $(STAMPS)/run $(STAMPS)/vendor learn ## set up .venv with the locked dependencies; .venv/bin/binhan then works

dev: $(STAMPS)/dev $(STAMPS)/vendor learn ## set up what tests and checks need too

test: dev ## run the whole suite: SQLite, PostgreSQL, a fake Telegram over HTTP, a real browser
	$(BIN)/python -m pytest --numprocesses 4 --dist worksteal

check: dev ## formatting, lint, types, the import arrow, the knowledge, the oldest browsers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/binhan kb check
	$(BIN)/python deploy/floor.py

format: dev ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: dev ## measure, as ratios to a peer in the same run; writes docs/benchmarks.md
	$(BIN)/python -m bench

soak: dev ## the long tests: 100,000 hostile updates and the like; says what some of them measured
	$(BIN)/python -m pytest -m soak -rP --show-capture=stdout

vendor: $(STAMPS)/vendor ## fetch the front-end files named in package-lock.json

learn: $(STAMPS)/learned ## learn from the articles, so that every start is quick

wheel: dev ## build the wheel into dist/
	$(BIN)/python -m build --no-isolation --wheel

lock: ## write the locks anew from pyproject.toml and package.json (needs uv and npm)
	$(COMPILE) --group dev --output-file requirements-dev.lock
	$(COMPILE) --group build --constraint requirements-dev.lock --output-file requirements.lock
	npm install --package-lock-only --ignore-scripts
	npm install --package-lock-only --ignore-scripts --prefix deploy/floor

clean: ## remove what was built and installed; data/ stays
	rm -rf $(VENV) $(STAMPS) $(VENDOR) node_modules dist build .pytest_cache .mypy_cache .ruff_cache

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements.lock pyproject.toml | $(STAMPS)/venv
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(STAMPS)/dev: requirements-dev.lock pyproject.toml | $(STAMPS)/venv
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@ $(STAMPS)/run

$(STAMPS)/vendor: package-lock.json package.json deploy/vendor.py | $(STAMPS)/venv
	$(BIN)/python deploy/vendor.py $(VENDOR)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/learned: $(wildcard knowledge/*.py knowledge/triage/*.py knowledge/words/* knowledge/articles/*/*.md) | $(STAMPS)/venv
	$(BIN)/python -m knowledge.learned
	@mkdir -p $(STAMPS) && touch $@

.PHONY: help run install dev learn test check format bench soak vendor wheel lock clean
