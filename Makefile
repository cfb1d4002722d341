# `make help` lists the targets. Each sets up what it needs; everything lands in .venv/ and var/.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?=
SOAK_MINUTES ?= 15
SOAK_SEED ?= 1
MUTANTS ?= 150
MUTANTS_SEED ?=

.PHONY: help setup setup-tools setup-dev run test check fmt drawing bench soak mutants guides messages lock browser

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/bin/python  ## install what the app needs into .venv/
	@VENV=$(VENV) sh scripts/set-up run

setup-tools: setup  ## and what formats, checks and measures
	@VENV=$(VENV) sh scripts/set-up tools

setup-dev: setup-tools browser  ## and what the tests need

# A setting in .env stands; otherwise the town's own streets are fetched once, beside the start.
STREETS := $(if $(shell grep -s '^TOUR_STREETS=' .env),,TOUR_STREETS=$${TOUR_STREETS-auto})

run: setup  ## start the app with the demonstration catalogue (HOST= PORT=)
	@TOUR_DEMO=$${TOUR_DEMO:-1} $(STREETS) TOUR_BASE_URL=$${TOUR_BASE_URL:-http://$(HOST):$(PORT)} \
		$(BIN)/tour serve --host $(HOST) --port $(PORT)

test: setup-dev  ## run every test, on SQLite and on PostgreSQL
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10 --database sqlite
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10 --database postgres

check: setup-tools  ## format, lint, types (of scripts too, where tsc is), import rules
	@$(BIN)/ruff format --check tour tests bench
	@$(BIN)/ruff check tour tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@sh scripts/check-scripts

fmt: setup-tools  ## put the code into the house's format
	@$(BIN)/ruff check --fix tour tests bench
	@$(BIN)/ruff format tour tests bench

drawing: setup-tools  ## draw the rooms and arrows of docs/architecture.md from the imports
	@$(BIN)/python -m bench.rooms

bench: setup-tools  ## speed, as ratios and figures of one run
	@$(BIN)/python -m bench

soak: setup-tools  ## a quarter of an hour of faults on PostgreSQL, and an audit (SOAK_MINUTES= SOAK_SEED=)
	@$(BIN)/python -m bench.soak --minutes $(SOAK_MINUTES) --seed $(SOAK_SEED)

mutants: setup-dev  ## slips drawn at random, and how many a test notices (MUTANTS= MUTANTS_SEED=)
	@$(BIN)/python -m bench.mutants --count $(MUTANTS) $(if $(MUTANTS_SEED),--seed $(MUTANTS_SEED))

guides: setup-dev  ## take the pictures of the guides anew (into var/guides)
	@$(BIN)/python -m pytest -q tests/browser/test_guides.py

messages: setup-tools  ## collect the messages for the translators
	@mkdir -p var
	@$(BIN)/pybabel -q extract --no-location --sort-output --no-default-keywords \
		-k _ -k lazy -k translate -k translate_plural:1,2 -k ngettext:1,2 \
		-F locales/babel.cfg -o var/messages.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		-i var/messages.pot -d locales

lock:  ## pin the dependencies anew (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --upgrade pyproject.toml -o requirements.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

$(VENV)/bin/python:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/make-venv

browser:
	@sh scripts/install-browser
