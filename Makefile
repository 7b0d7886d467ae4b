# `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
PORTAL := $(BIN)/python -m cabinet
PYTEST := $(BIN)/python -m pytest
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help run build install dev test test-fast test-needs check cover format bench docs lock outdated clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## the portal at http://localhost:3000, with the demo supplier; the first time it installs and builds
	@$(PORTAL) migrate
	@$(PORTAL) demo load
	@exec $(PORTAL) serve

build: install ## the front end, if its sources have changed
	@$(BIN)/python scripts/build.py

install: ## .venv with what the portal runs on
	@scripts/venv.sh requirements.txt

dev: install ## .venv also with what the checks run on
	@scripts/venv.sh requirements-dev.txt

test: dev build test-needs ## the whole suite; first installs the browser and the database server that it needs
	@$(PYTEST) -n 2 --dist worksteal

test-fast: dev ## the suites without a browser
	@$(PYTEST) -n 2 --dist worksteal --ignore tests/e2e

test-needs: dev
	@$(BIN)/python scripts/test_needs.py

check: dev ## format, lint, types, layers, migrations, requirements, fast tests
	@$(BIN)/python scripts/check.py
	@$(MAKE) --no-print-directory test-fast

cover: dev ## every branch of the ways in is taken by a test, or it fails
	@$(BIN)/python scripts/cover.py

format: dev ## the formatter's and the linter's own corrections
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

bench: dev build ## the numbers of the design, measured on this machine
	@$(BIN)/python scripts/test_needs.py bench
	@$(BIN)/python -m benchmarks

docs: dev ## docs/settings.md from the code
	@$(BIN)/python scripts/make_settings_page.py

lock: dev ## requirements*.txt from requirements*.in
	@$(BIN)/python scripts/lock.py

outdated: dev ## what the package index has newer than what is pinned
	@$(BIN)/python scripts/lock.py --outdated

clean: ## what was built; the data in var/ stays
	@rm -rf dist .web .states .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage
	@find cabinet tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
