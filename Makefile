# make run    the product with demo content         make test    the whole suite on both databases
# make check  everything that needs no server       make bench   the benchmarks
# make lock   resolve the dependencies anew         make clean   forget everything that can be made again
# make storm  the long kill tests

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: run setup setup-dev test storm check bench lock clean test-servers

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
    $$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
UV ?= uv
WORKERS ?= 2
BIN := .venv/bin
DONE := .make
# Hashes are in the lock files and every dependency is named there, so pip has nothing to decide.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps

frontend := $(shell find frontend -type f 2>/dev/null)
catalogues := $(shell find app/translations -name '*.po' 2>/dev/null)

run: setup
	@exec $(BIN)/faden up --demo

setup: $(DONE)/runtime $(DONE)/package $(DONE)/frontend $(DONE)/catalogues

setup-dev: setup $(DONE)/dev

test: setup-dev test-servers
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

# The long kill tests, on both databases: 30 kills of every part during 500 mails in and 100 answers out, about ten minutes;
# then 10,000 calls of a platform with five kills of whoever files them, about as long.
storm: setup-dev test-servers
	KILLS=30 $(BIN)/python -m pytest tests/kill/test_storm.py tests/kill/test_ladder.py -s -o faulthandler_timeout=0
	BURST=10000 $(BIN)/python -m pytest tests/kill/test_burst.py -s -o faulthandler_timeout=0

CHECKS := style types layers templates spelling dependencies typescript shape
.PHONY: $(CHECKS:%=check-%)
check: $(CHECKS:%=check-%)

$(CHECKS:%=check-%): setup-dev

check-style:
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

check-types:
	$(BIN)/mypy

check-layers:
	$(BIN)/lint-imports --no-cache --no-logo

check-templates:
	$(BIN)/djlint app/templates --lint --quiet

check-spelling:
	$(BIN)/codespell

check-dependencies:
	tools/requirements > $(DONE)/requirements.in
	tools/requirements test check > $(DONE)/requirements-dev.in
	$(BIN)/deptry --requirements-files $(DONE)/requirements.in --requirements-files-dev $(DONE)/requirements-dev.in .

check-typescript:
	tools/frontend check

check-shape:
	$(BIN)/python -m pytest -m 'not database' -p no:cacheprovider tests/shape

bench: setup-dev test-servers
	$(BIN)/python -m bench $(ARGS)

lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --no-annotate --output-file requirements.lock setup.cfg
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --no-annotate --constraint requirements.lock --extra test --extra check \
	    --output-file requirements-dev.lock setup.cfg
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --no-annotate --no-deps --output-file requirements-node.lock tools/node.in
	npm install --package-lock-only

clean:
	rm -rf .venv node_modules app/static build *.egg-info $(DONE)
	find . -name __pycache__ -prune -exec rm -rf {} +

test-servers:
	tools/test-servers

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Faden needs Python 3.11 or newer; name it: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv

$(DONE)/runtime: requirements.lock | $(BIN)/python
	@echo "Installing the product's libraries"
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@mkdir -p $(DONE) && touch $@

$(DONE)/dev: requirements-dev.lock $(DONE)/runtime
	@echo "Installing what tests and checks need"
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

$(DONE)/package: setup.cfg pyproject.toml $(DONE)/runtime
	@echo "Installing the command faden"
	@$(INSTALL) --editable .
	@touch $@

$(DONE)/packages: package-lock.json .npmrc | $(BIN)/python
	@echo "Installing the front end's packages"
	@tools/frontend install
	@mkdir -p $(DONE) && touch $@

$(DONE)/frontend: $(frontend) tools/build.mjs tools/frontend $(DONE)/packages
	@echo "Building the front end"
	@tools/frontend build
	@touch $@

$(DONE)/catalogues: $(catalogues) $(DONE)/runtime
	@$(if $(catalogues),echo "Compiling the texts"; $(BIN)/pybabel --quiet compile --directory app/translations)
	@touch $@
